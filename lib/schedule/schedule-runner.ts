import { Inject, Injectable, Logger } from '@nestjs/common';
import { EarliestTimer } from '../common/earliest-timer.js';
import { toError } from '../common/to-error.js';
import { JobRegistry } from '../registry/job-registry.js';
import { JobRunner } from '../runner/job-runner.js';
import type { NodeService } from '../runner/node-service.js';
import { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { DueSchedule, TickJob, TickMove } from '../store/schedules/schedule-store.js';
import { Store } from '../store/store.js';
import { CodeSchedules } from './code-schedules.js';
import { effectiveOf } from './effective-schedule.js';
import { planTicks } from './plan-ticks.js';
import { SCHEDULE_SETTINGS, type ScheduleSettings } from './schedule.settings.js';
import { TicksCache } from './ticks-cache.js';
import { jobOf } from './tick-jobs.js';

/** After a look that found ticks and could store none: another node has them, in milliseconds. */
const AGAIN_MS = 50;
/** After a look that failed, in milliseconds. */
const TROUBLE_MS = 1_000;
/** Schedules whose node has gone are looked for this often, and removed this long after, in milliseconds and seconds. */
const GONE_EVERY_MS = 600_000;
const GONE_AFTER_SECONDS = 86_400;

/** What is to be stored for a schedule that is due. */
interface DueWork {
  readonly move: TickMove;
  readonly jobs: readonly TickJob[];
}

/**
 * Stores the ticks of schedules when they are due. It sleeps until the nearest one, and any number of nodes may do the
 * same: the database decides who stores a tick.
 */
@Injectable()
export class ScheduleRunner implements NodeService {
  private readonly logger = new Logger('QueueJob');
  private readonly alarm = new EarliestTimer(() => this.wake());
  private readonly refused = new Set<string>();
  private readonly ticks = new TicksCache();
  private node: (() => number) | null = null;
  private announced: number | undefined;
  private looking: Promise<void> | null = null;
  private again = false;
  private goneAt = 0;
  private hearing: { unsubscribe(): void } | undefined;

  constructor(
    private readonly store: Store,
    private readonly registry: JobRegistry,
    private readonly changes: FunctionOverrides,
    private readonly code: CodeSchedules,
    @Inject(SCHEDULE_SETTINGS) private readonly settings: ScheduleSettings,
    runner: JobRunner,
  ) {
    if (settings.enabled) runner.attach(this);
  }

  async start(node: () => number): Promise<void> {
    await this.code.save();
    this.node = node;
    this.hearing = this.store.notifier.messages.subscribe(({ tickIn }) => {
      if (tickIn !== undefined) this.alarm.within(tickIn);
    });
    await this.announce(node());
    this.wake();
  }

  async stop(): Promise<void> {
    this.node = null;
    this.hearing?.unsubscribe();
    this.alarm.clear();
    this.announced = undefined;
    await this.looking;
  }

  private wake(): void {
    this.again = true;
    this.looking ??= this.look().finally(() => (this.looking = null));
  }

  private async look(): Promise<void> {
    while (this.again && this.node !== null) {
      this.again = false;
      try {
        await this.lookOnce(this.node());
      } catch (error) {
        if (this.node === null) return;
        this.logger.warn(`The schedules could not be read or stored: ${toError(error).message}`);
        this.alarm.within(TROUBLE_MS);
      }
    }
  }

  private async lookOnce(node: number): Promise<void> {
    if (this.announced !== node) await this.announce(node);
    const { schedules } = this.store;
    const served = {
      node,
      schedules: this.code.all().map(({ name }) => name),
      jobNames: this.registry.names(),
    };
    const { due, now, nextIn } = await schedules.due(served);
    const moved = due.length > 0 ? await this.storeDue(due, now) : 0;
    if (moved > 0) this.again = true;
    else if (due.length > 0) this.alarm.within(AGAIN_MS);
    this.alarm.within(Math.min(Math.ceil(nextIn ?? Infinity), this.settings.pollInterval));
    if (performance.now() >= this.goneAt) {
      this.goneAt = performance.now() + GONE_EVERY_MS;
      await schedules.removeGone(GONE_AFTER_SECONDS);
    }
  }

  private async announce(node: number): Promise<void> {
    await this.store.schedules.announce(
      node,
      this.code.all().map(({ name }) => name),
    );
    this.announced = node;
  }

  /** Returns how many schedules have moved on. */
  private async storeDue(due: readonly DueSchedule[], now: number): Promise<number> {
    const work = due.flatMap((row) => this.workOf(row, now));
    // A key may have to wait for somebody's transaction: the others must not.
    const isKeyed = ({ jobs }: DueWork): boolean => jobs.some(({ identityKey }) => identityKey !== null);
    const batches = [work.filter((one) => !isKeyed(one)), ...work.filter(isKeyed).map((one) => [one])];
    let moved = 0;
    for (const batch of batches) if (batch.length > 0) moved += await this.storeBatch(batch);
    return moved;
  }

  private async storeBatch(batch: readonly DueWork[]): Promise<number> {
    const { schedules, notifier } = this.store;
    const moved = await schedules.storeTicks(
      batch.map(({ move }) => move),
      batch.flatMap(({ jobs }) => jobs),
    );
    const stored = new Set(moved.filter((one) => one.stored > 0).map(({ name }) => name));
    const delays = batch.filter(({ move }) => stored.has(move.name)).flatMap(({ jobs }) => jobs);
    if (delays.length > 0)
      notifier.publish({ ready: true, dueIn: Math.min(...delays.map(({ delay }) => delay)) });
    const names = new Set(moved.map(({ name }) => name));
    for (const { move, jobs } of batch) if (names.has(move.name)) this.tellMissed(move, jobs.length);
    return moved.length;
  }

  /** None where this process can't tell when the schedule ticks, or the node is not alive. */
  private workOf(row: DueSchedule, now: number): DueWork[] {
    if (row.servedSince === null) return [];
    try {
      return [this.planned(row, row.servedSince, now)];
    } catch (error) {
      const version = `${row.name} ${row.version}`;
      if (!this.refused.has(version))
        this.logger.error(`The schedule '${row.name}' can't be served here: ${toError(error).message}`);
      this.refused.add(version);
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

  private tellMissed({ name, missed }: TickMove, stored: number): void {
    if (missed === 0) return;
    this.logger.warn(
      `The schedule '${name}' has missed ${missed} ticks while no node ran; ${stored} were stored now.`,
    );
  }
}
