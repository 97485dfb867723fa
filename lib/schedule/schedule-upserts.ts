import { isRowError } from '../common/pg-errors.js';
import { toError } from '../common/to-error.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { StoredDefinition } from '../store/schedules/schedule-definition.js';
import type { ScheduleRow } from '../store/schedules/schedule-rows.js';
import type { Store } from '../store/store.js';
import { channelIn } from './effective-schedule.js';
import { isSameDefinition } from './same-definition.js';
import type { TicksCache } from './ticks-cache.js';

/** Schedules of one statement at most. */
const MOST = 500;

/** What data says of a schedule. */
interface Wanted {
  readonly name: string;
  readonly jobName: string;
  readonly definition: StoredDefinition;
}

interface Waiting extends Wanted {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface UpsertHooks {
  /** Changes a schedule as it was read; false where somebody has changed it since. */
  readonly change: (
    row: ScheduleRow,
    change: Pick<Wanted, 'jobName' | 'definition'>,
    now: number,
  ) => Promise<boolean>;
  /** A new schedule was stored. */
  readonly stored: (nextTick: number | null, now: number) => void;
}

/**
 * Stores the schedules that data makes. Those that are asked for while a statement is under way share the next one: an
 * application that goes through ten thousand tenants at its start sends some tens of statements, not thirty thousand.
 */
export class ScheduleUpserts {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly store: Store,
    private readonly codec: ArgumentCodec,
    private readonly ticks: TicksCache,
    private readonly hooks: UpsertHooks,
  ) {}

  save(wanted: Wanted): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...wanted, resolve, reject });
      if (this.running) return;
      this.running = true;
      // A microtask later, so that calls made in one go are one statement.
      void Promise.resolve().then(() => this.run());
    });
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.saveAll(this.take());
    this.running = false;
  }

  /** Those of the next statements, each name once: a later call for it comes after the one before. */
  private take(): Waiting[] {
    const names = new Set<string>();
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of this.waiting) {
      if (taken.length < MOST && !names.has(one.name)) taken.push(one);
      else left.push(one);
      names.add(one.name);
    }
    this.waiting = left;
    return taken;
  }

  /** Never rejects. Of one whose row can't be stored only its own call fails. */
  private async saveAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const { channels, schedules } = this.store;
      await channels.ensure([...new Set(batch.map(({ definition }) => channelIn(definition)))]);
      const { now, rows } = await schedules.read(batch.map(({ name }) => name));
      await this.insert(
        batch.filter(({ name }) => !rows.has(name)),
        now,
      );
      for (const one of batch) {
        const row = rows.get(one.name);
        if (row !== undefined) await this.change(one, row, now);
      }
    } catch (error) {
      if (batch.length > 1 && isRowError(error)) for (const one of batch) await this.saveAll([one]);
      else for (const { reject } of batch) reject(toError(error));
    }
  }

  private async insert(fresh: readonly Waiting[], now: number): Promise<void> {
    if (fresh.length === 0) return;
    const schedules = fresh.map(({ name, jobName, definition }) => ({
      name,
      source: 'data' as const,
      jobName,
      definition,
      nextTick: this.ticks.after(definition, now, 0),
    }));
    const stored = new Set(await this.store.schedules.insertAll(schedules));
    for (const { name, nextTick } of schedules) if (stored.has(name)) this.hooks.stored(nextTick, now);
    for (const one of fresh) {
      if (stored.has(one.name)) one.resolve();
      else this.waiting.unshift(one);
    }
  }

  private async change(one: Waiting, row: ScheduleRow, now: number): Promise<void> {
    const { name, jobName, definition, resolve, reject } = one;
    if (row.source === 'code') {
      reject(
        new InvalidScheduleError(
          `The schedule '${name}' is declared by @CronJob(). Give another name, or change that one with configure().`,
        ),
      );
      return;
    }
    const isSame = row.jobName === jobName && isSameDefinition(row.definition, definition, this.codec);
    if (isSame || (await this.hooks.change(row, { jobName, definition }, now))) resolve();
    else this.waiting.unshift(one);
  }
}
