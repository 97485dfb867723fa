import { Injectable, Logger } from '@nestjs/common';
import { isDatabaseTrouble, isLockTimeout } from '../common/pg-errors.js';
import { toError } from '../common/to-error.js';
import { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { NotifierMessage } from '../store/notify/notifier-message.js';
import { readyJobsOf } from '../store/notify/ready-jobs.js';
import type { DueSchedule, StoredTicks, TickJob, TickMove } from '../store/schedules/schedule-rows.js';
import { Store } from '../store/store.js';
import { effectiveOf } from './effective-schedule.js';
import { planTicks } from './plan-ticks.js';
import { jobOf } from './tick-jobs.js';
import { TicksCache } from './ticks-cache.js';

/** How long a look goes on to find by halves what can't be stored, in milliseconds. */
const MOST_HALVING_MS = 1_000;

/** What is to be stored for a schedule that is due. */
interface DueWork {
  readonly move: TickMove;
  readonly jobs: readonly TickJob[];
}

/** What was stored of some schedules that were due. */
export interface WrittenTicks {
  /** How many have moved on. */
  readonly moved: number;
  /** When the first of these ticks next, in milliseconds since the epoch of Unix; Infinity: none does. */
  readonly next: number;
  /** What the runners are to be told. */
  readonly message: NotifierMessage;
}

/** Stores the ticks of schedules that are due. */
@Injectable()
export class TickWriter {
  private readonly logger = new Logger('QueueJob');
  private readonly refused = new Set<string>();
  private readonly ticks = new TicksCache();

  constructor(
    private readonly store: Store,
    private readonly changes: FunctionOverrides,
  ) {}

  /**
   * Stores what is due, in two steps: a key may stand in somebody's transaction, and the others must not wait for it.
   *
   * @param now - by the database's clock, when they were found due
   */
  async *write(due: readonly DueSchedule[], now: number): AsyncGenerator<WrittenTicks> {
    const work = due.flatMap((row) => this.workOf(row, now));
    const isKeyed = ({ jobs }: DueWork): boolean => jobs.some(({ identityKey }) => identityKey !== null);
    for (const part of [work.filter((one) => !isKeyed(one)), work.filter(isKeyed)]) {
      const until = performance.now() + MOST_HALVING_MS;
      if (part.length > 0) yield this.written(part, await this.writeAll(part, until), now);
    }
  }

  /** Where one waits for another transaction, or is at fault, it is found by halves, and the rest is stored. */
  private async writeAll(part: readonly DueWork[], until: number): Promise<readonly StoredTicks[]> {
    try {
      return await this.store.schedules.storeTicks(
        part.map(({ move }) => move),
        part.flatMap(({ jobs }) => jobs),
      );
    } catch (error) {
      if (!isLockTimeout(error) && isDatabaseTrouble(error)) throw error;
      if (part.length === 1 || performance.now() > until) {
        if (!isLockTimeout(error)) this.refuse(part[0]?.move, error);
        return [];
      }
      const half = part.length >> 1;
      const first = await this.writeAll(part.slice(0, half), until);
      return [...first, ...(await this.writeAll(part.slice(half), until))];
    }
  }

  private written(part: readonly DueWork[], stored: readonly StoredTicks[], now: number): WrittenTicks {
    const moved = new Map(stored.map((one) => [one.name, one]));
    const done = part.filter(({ move }) => moved.has(move.name));
    for (const { move, jobs } of done) this.tellMissed(move, jobs.length);
    // With noOverlap the first of several is stored, else all of them.
    const jobs = done.flatMap((one) => one.jobs.slice(0, moved.get(one.move.name)?.stored));
    const dueIn = ({ tick, delay }: TickJob): number => Date.parse(tick) + delay - now;
    const ready = jobs.filter((job) => dueIn(job) <= 0);
    const later = jobs.filter((job) => dueIn(job) > 0);
    return {
      moved: done.length,
      next: Math.min(...done.map(({ move }) => (move.next === null ? Infinity : Date.parse(move.next)))),
      message: {
        ...(ready.length > 0 && { jobs: readyJobsOf(ready) }),
        ...(later.length > 0 && { dueIn: Math.min(...later.map(dueIn)) }),
      },
    };
  }

  /** None where this process can't tell when the schedule ticks, or the node is not alive. */
  private workOf(row: DueSchedule, now: number): DueWork[] {
    if (row.servedSince === null) return [];
    try {
      return [this.planned(row, row.servedSince, now)];
    } catch (error) {
      this.refuse(row, error);
      return [];
    }
  }

  private planned(row: DueSchedule, servedSince: number, now: number): DueWork {
    const schedule = effectiveOf(row);
    const { maxTicks, noOverlap, catchUp, jitter } = schedule;
    const plan = planTicks({
      ticks: this.ticks.of(schedule),
      due: row.nextTick,
      now,
      servedSince,
      catchUp,
      left: maxTicks === null ? Infinity : maxTicks - row.ticks,
    });
    const jobs = plan.stored.map((tick) => ({
      ...jobOf(row, this.changes),
      tick: new Date(tick).toISOString(),
      delay: Math.random() * jitter,
    }));
    const move = {
      name: row.name,
      version: row.version,
      tick: new Date(row.nextTick).toISOString(),
      next: plan.next === null ? null : new Date(plan.next).toISOString(),
      missed: plan.missed,
      noOverlap,
      maxTicks,
    };
    return { move, jobs };
  }

  /** Reports it once for each version of the schedule. */
  private refuse(schedule: Pick<TickMove, 'name' | 'version'> | undefined, error: unknown): void {
    if (schedule === undefined) return;
    const version = `${schedule.name} ${schedule.version}`;
    if (!this.refused.has(version))
      this.logger.error(`The schedule '${schedule.name}' can't be served here: ${toError(error).message}`);
    this.refused.add(version);
  }

  private tellMissed({ name, missed }: TickMove, stored: number): void {
    if (missed === 0) return;
    this.logger.warn(
      `The schedule '${name}' has missed ${missed} ticks while no node ran; ${stored} were stored now.`,
    );
  }
}
