import { Injectable } from '@nestjs/common';
import { traced } from '../enqueue/traced-calls.js';
import { type ActorOptions, checkActorOptions } from '../common/call-checks.js';
import { formatValue } from '../common/format-value.js';
import { checkObject } from '../common/option-checks.js';
import { audited } from '../inspect/audited.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { ScheduleNotFoundError } from '../errors/schedule-not-found.error.js';
import { QueueParts } from '../services/queue-parts.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { ScheduleRun } from '../store/schedules/schedule-list-store.js';
import type { ScheduleRow } from '../store/schedules/schedule-rows.js';
import { Store } from '../store/store.js';
import { effectiveOf, ticksAlike } from './effective-schedule.js';
import { readChange, readUpsert, type ScheduleChange, type UpsertScheduleOptions } from './schedule-input.js';
import { checkScheduleName } from './schedule-options.js';
import { ScheduleUpserts } from './schedule-upserts.js';
import { type ScheduleState, stateOf } from './schedule-state.js';
import { TicksCache } from './ticks-cache.js';
import { jobOf } from './tick-jobs.js';

/** Which schedules to list. */
export interface ScheduleFilter {
  /** A part of the name, or of the name of the job function, in any case. */
  readonly search?: string | undefined;
  /** The name after which the list begins, for the next page. */
  readonly after?: string | undefined;
  /** 1 to 1,000. Default: 1,000. */
  readonly limit?: number | undefined;
}

type RowChange = Parameters<Store['schedules']['change']>[1];

const MOST_LISTED = 1_000;

/**
 * The schedules, looked at and changed while everything runs. A change works at once on all nodes and is kept over
 * restarts.
 *
 * @example
 * ```ts
 * await schedules.upsert(`report of ${tenant.id}`, {
 *   cron: '0 6 * * *',
 *   timeZone: tenant.timeZone,
 *   call: queue.delayable(ReportService).send(tenant.id),
 * });
 * ```
 */
@Injectable()
export class ScheduleService {
  private readonly ticks = new TicksCache();
  private readonly upserts: ScheduleUpserts;

  /** @internal */
  constructor(
    private readonly store: Store,
    private readonly parts: QueueParts,
    private readonly changes: FunctionOverrides,
  ) {
    this.upserts = new ScheduleUpserts(store, parts.codec, this.ticks, {
      change: async (row, change, now) => this.changeRow(row, change, now),
      stored: (nextTick, now) => this.tell(nextTick, now),
    });
  }

  /** Returns schedules by name, with their next ticks, last job and counts; at most 1,000 at once. */
  async list(filter: ScheduleFilter = {}): Promise<ScheduleState[]> {
    const { search, after, limit = MOST_LISTED } = checkObject('list()', filter);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
      throw new InvalidScheduleError(
        `limit must be a whole number from 1 to ${MOST_LISTED}, not ${formatValue(limit)}.`,
      );
    for (const [key, value] of Object.entries({ search, after }))
      if (value !== undefined && typeof value !== 'string')
        throw new InvalidScheduleError(`${key} must be a string, not ${formatValue(value)}.`);
    const query = { search: search ?? null, after: after ?? null, names: null, limit };
    return (await this.store.scheduleLists.list(query)).rows.map((row) => stateOf(row, this.ticks));
  }

  /** @throws ScheduleNotFoundError */
  async get(name: string): Promise<ScheduleState> {
    const names = [checkScheduleName(name)];
    const query = { search: null, after: null, names, limit: 1 };
    const [found] = (await this.store.scheduleLists.list(query)).rows;
    if (found === undefined) throw notFound(name);
    return stateOf(found, this.ticks);
  }

  /** Returns the last jobs of a schedule, the newest first. Ended ones are kept as long as other jobs. */
  async runs(name: string, limit = 30): Promise<ScheduleRun[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
      throw new InvalidScheduleError(
        `limit must be a whole number from 1 to ${MOST_LISTED}, not ${formatValue(limit)}.`,
      );
    return this.store.scheduleLists.runs(checkScheduleName(name), limit);
  }

  /**
   * Makes a schedule, or changes the one that `upsert()` has made under this name. Nothing happens if it is the same
   * already; a changed expression counts from now, and jobs that were stored stay as they are. It is served by any node
   * that knows the job function. Calls made at one moment, as with `Promise.all()`, share their statements.
   *
   * @throws InvalidScheduleError for a wrong expression, zone or option, or if code declares a schedule of this name
   */
  async upsert(name: string, options: UpsertScheduleOptions, actor: ActorOptions = {}): Promise<void> {
    checkActorOptions('upsert()', actor);
    const read = readUpsert(checkScheduleName(name), options, this.parts.codec, this.ticks);
    const { cron, every, timeZone } = read.definition;
    const details = { jobName: read.jobName, cron, every, timeZone };
    await this.audited('upsert', name, actor, async () => this.upserts.save({ name, ...read }), details);
    read.call.take();
    read.call.home.forget(read.call);
  }

  /** Stores no more ticks; those missed meanwhile are not made up. Jobs that were stored stay as they are. */
  async pause(name: string, options: ActorOptions = {}): Promise<void> {
    await this.audited('pause', name, options, async (pausedBy) =>
      this.change(name, () => ({ pausedBy, nextTick: null })),
    );
  }

  /** Goes on with the next tick to come. */
  async resume(name: string, options: ActorOptions = {}): Promise<void> {
    await this.audited('resume', name, options, async () =>
      this.change(name, (row, now) =>
        row.pausedAt === null ? {} : { pausedBy: null, nextTick: this.nextOf(row, now) },
      ),
    );
  }

  /**
   * Stores a job of the schedule now, also while it is paused and whatever `noOverlap` says. Its `tick` is `manual`, and
   * the schedule's own ticks go on as they were.
   *
   * @returns the job; the one that has the identity key of the job function where that is taken
   * @throws ScheduleNotFoundError
   */
  async runNow(name: string, options: ActorOptions = {}): Promise<QueueJob> {
    checkActorOptions('runNow()', options);
    return this.audited('run', name, options, async () => this.storeNow(name));
  }

  private async storeNow(name: string): Promise<QueueJob> {
    const row = await this.read(name);
    const job = jobOf(row, this.changes);
    const asked = await traced(this.parts.tracing, [{ job }], async (trace) =>
      this.store.schedules.runNow(job, trace),
    );
    if (!asked) throw notFound(name);
    this.store.notifier.publish({ ready: true });
    const stored = await this.parts.reader.find(job.uuid);
    if (stored !== undefined) return stored;
    const holder = job.identityKey === null ? null : await this.store.writer.holderOf(job.identityKey);
    const twin = holder === null ? undefined : await this.parts.reader.find(holder);
    // The job that had the key has ended between the two.
    return twin === undefined ? this.storeNow(name) : Object.assign(twin, { deduplicated: true });
  }

  /**
   * Changes a schedule; what is left out stays, `null` gives that one back to the code or to the last `upsert()`. A changed
   * expression counts from now.
   *
   * @throws ScheduleNotFoundError, InvalidScheduleError
   */
  async configure(name: string, change: ScheduleChange, options: ActorOptions = {}): Promise<void> {
    checkObject('configure()', change);
    checkActorOptions('configure()', options);
    if (typeof change.channel === 'string') {
      const override = readChange(name, { channel: change.channel }, await this.read(name));
      if (typeof override?.channel === 'string') await this.store.channels.ensure([override.channel]);
    }
    readChange(name, change, await this.read(name));
    await this.audited(
      'change',
      name,
      options,
      async () => this.change(name, (row) => ({ override: readChange(name, change, row) })),
      { change },
    );
  }

  /** Gives a schedule back to what its code, or its last `upsert()`, says. */
  async reset(name: string, options: ActorOptions = {}): Promise<void> {
    await this.audited('reset', name, options, async () => this.change(name, () => ({ override: null })));
  }

  /**
   * Removes a schedule and cancels its jobs that wait; one that runs goes on.
   *
   * @throws ScheduleNotFoundError
   * @throws InvalidScheduleError for one that living code declares: it would come back with the next start
   */
  async remove(name: string, options: ActorOptions = {}): Promise<void> {
    checkActorOptions('remove()', options);
    const { source, gone } = await this.get(name);
    if (source === 'code' && !gone)
      throw new InvalidScheduleError(
        `The schedule '${name}' is declared by @CronJob() in a process that runs. Pause it, or remove the decorator.`,
      );
    await this.audited('remove', name, options, async (by) => {
      // Until its jobs are cancelled it is there, paused: if this process dies in between, somebody can remove it again.
      // They are looked up in a statement of its own, which sees a tick that was being stored at that moment.
      const { schedules } = this.store;
      if (!(await schedules.halt(name, by))) throw notFound(name);
      const waiting = await schedules.waiting(name);
      if (waiting.length > 0) await this.parts.actions.changeAll('cancel', waiting, by);
      await schedules.remove(name);
    });
  }

  private async audited<T>(
    action: string,
    name: string,
    options: ActorOptions,
    work: (by: string) => Promise<T>,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<T> {
    const target = checkScheduleName(name);
    checkActorOptions(`${action}()`, options);
    return audited(this.store, { action: `schedules.${action}`, target, details }, options, work);
  }

  private async change(name: string, what: (row: ScheduleRow, now: number) => RowChange): Promise<void> {
    for (;;) {
      const { now, rows } = await this.store.schedules.read([checkScheduleName(name)]);
      const row = rows.get(name);
      if (row === undefined) throw notFound(name);
      const change = what(row, now);
      if (Object.keys(change).length === 0 || (await this.changeRow(row, change, now))) return;
    }
  }

  /** False where somebody changed it meanwhile, or it has ticked. */
  private async changeRow(row: ScheduleRow, change: RowChange, now: number): Promise<boolean> {
    const { definition = row.definition, override = row.override } = change;
    const after = { ...row, definition, override };
    const isSameTime = ticksAlike(effectiveOf(row), effectiveOf(after));
    const keeps = isSameTime || row.pausedAt !== null || change.nextTick !== undefined;
    const nextTick = keeps
      ? change.nextTick === undefined
        ? row.nextTick
        : change.nextTick
      : this.nextOf(after, now);
    const changed = await this.store.schedules.change(row, { ...change, nextTick });
    if (changed) this.tell(nextTick, now);
    return changed;
  }

  private async read(name: string): Promise<ScheduleRow> {
    const row = (await this.store.schedules.read([checkScheduleName(name)])).rows.get(name);
    if (row === undefined) throw notFound(name);
    return row;
  }

  private nextOf(row: ScheduleRow, now: number): number | null {
    return this.ticks.after(effectiveOf(row), Math.max(now, row.lastTick ?? now), row.ticks);
  }

  /** The nodes sleep until the nearest tick that they know of. */
  private tell(nextTick: number | null, now: number): void {
    if (nextTick !== null) this.store.notifier.publish({ tickIn: Math.max(0, nextTick - now) });
  }
}

const notFound = (name: string): ScheduleNotFoundError =>
  new ScheduleNotFoundError(`There is no schedule named ${formatValue(name)}.`);
