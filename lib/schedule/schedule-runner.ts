import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { EarliestTimer } from '../common/earliest-timer.js';
import { toError } from '../common/to-error.js';
import { JobRegistry } from '../registry/job-registry.js';
import { JobRunner } from '../runner/job-runner.js';
import type { NodeService } from '../runner/node-service.js';
import type { NotifierMessage } from '../store/notify/notifier-message.js';
import { MOST_DUE } from '../store/schedules/schedule-store.js';
import type { DueSchedules } from '../store/schedules/schedule-rows.js';
import { Store } from '../store/store.js';
import { CodeSchedules } from './code-schedules.js';
import { SCHEDULE_SETTINGS, type ScheduleSettings } from './schedule.settings.js';
import { TickWriter } from './tick-writer.js';

/** After a look that found ticks and could not store all: another node has them; doubled up to the longest, in milliseconds. */
const AGAIN_MS = { first: 50, longest: 1_000 };
/** After a look that failed, in milliseconds. */
const TROUBLE_MS = 1_000;
/** Schedules whose node has gone are looked for this often, and removed this long after, in milliseconds and seconds. */
const GONE_EVERY_MS = 600_000;
const GONE_AFTER_SECONDS = 86_400;
/**
 * How long after a tick a node looks, by its place among those that can do the same, and all further ones, in
 * milliseconds: as long as the first one stores the ticks and says so, the others need not look at all.
 */
const LOOK_AFTER_MS = [0, 50, 150];
const LAST_LOOK_AFTER_MS = 1_000;

/**
 * Has the ticks of schedules stored when they are due. It sleeps until the nearest one, and any number of nodes may do the
 * same: the database decides who stores a tick.
 */
@Injectable()
export class ScheduleRunner implements NodeService {
  private readonly logger = new Logger('QueueJob');
  private readonly alarm = new EarliestTimer(() => this.wake());
  private node: (() => number) | null = null;
  /** Its place among the nodes that serve the same, as of its last look. */
  private place = 0;
  private announced: number | undefined;
  private looking: Promise<void> | null = null;
  private again = false;
  private againMs = AGAIN_MS.first;
  private goneAt = 0;
  private hearing: { unsubscribe(): void } | undefined;
  /** When the nearest tick comes that a notification told of, by the monotonic clock. */
  private toldAt = 0;
  /** What this node serves, as a digest. */
  private served = '';

  constructor(
    private readonly store: Store,
    private readonly registry: JobRegistry,
    private readonly writer: TickWriter,
    private readonly code: CodeSchedules,
    @Inject(SCHEDULE_SETTINGS) private readonly settings: ScheduleSettings,
    runner: JobRunner,
  ) {
    if (settings.enabled) runner.attach(this);
  }

  async start(node: () => number): Promise<void> {
    await this.code.save();
    this.node = node;
    this.served = createHash('sha256')
      .update(JSON.stringify([this.names().toSorted(), this.registry.names().toSorted()]))
      .digest('base64url')
      .slice(0, 16);
    this.hearing = this.store.notifier.messages.subscribe((message) => this.hear(message));
    await this.announce(node());
    this.wake();
  }

  async stop(): Promise<void> {
    this.node = null;
    this.hearing?.unsubscribe();
    this.alarm.clear();
    this.announced = undefined;
    await this.looking;
    // The others look, and learn their places.
    this.store.notifier.publishRemote({ tickIn: 0 });
  }

  private hear({ tickIn, ticked }: NotifierMessage): void {
    const now = performance.now();
    if (tickIn !== undefined) {
      if (this.toldAt < now || now + tickIn < this.toldAt) this.toldAt = now + tickIn;
      this.alarm.within(tickIn + this.lookAfter());
    }
    // A look under way finds out by itself.
    if (ticked === undefined || ticked.served !== this.served || this.looking !== null) return;
    this.alarm.clear();
    this.sleep(ticked.nextIn);
    // That other node may have looked before this schedule was there.
    if (this.toldAt > now) this.alarm.within(this.toldAt - now + this.lookAfter());
  }

  /** Until the nearest tick, which is so many milliseconds away. */
  private sleep(nextIn: number): void {
    this.alarm.within(Math.min(Math.ceil(nextIn) + this.lookAfter(), this.settings.pollInterval));
  }

  private lookAfter(): number {
    return LOOK_AFTER_MS[this.place] ?? LAST_LOOK_AFTER_MS;
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
    if (this.announced !== node) {
      const isAnother = this.announced !== undefined;
      await this.announce(node);
      if (isAnother) await this.code.saveMissing();
    }
    const answer = await this.store.schedules.due({
      node,
      schedules: this.names(),
      jobNames: this.registry.names(),
    });
    this.place = answer.place;
    this.sleep(answer.nextIn ?? Infinity);
    if (answer.due.length > 0) await this.storeDue(answer);
    if (performance.now() >= this.goneAt) {
      this.goneAt = performance.now() + GONE_EVERY_MS;
      if (await this.code.saveMissing()) this.again = true;
      await this.store.schedules.removeGone(GONE_AFTER_SECONDS);
    }
  }

  private async storeDue({ due, now, nextIn }: DueSchedules): Promise<void> {
    const foundAt = performance.now();
    let moved = 0;
    let next = now + (nextIn ?? Infinity);
    for await (const written of this.writer.write(due, now)) {
      moved += written.moved;
      next = Math.min(next, written.next);
      const left = next - now - (performance.now() - foundAt);
      // All is stored, so this is when the next look has to be, for every node that serves the same.
      const isAll = moved === due.length && due.length < MOST_DUE && Number.isFinite(left);
      const ticked = { nextIn: Math.max(0, Math.ceil(left)), served: this.served };
      this.store.notifier.publish({ ...written.message, ...(isAll && { ticked }) });
      if (isAll) this.sleep(left);
    }
    if (moved < due.length && moved > 0) this.again = true;
    if (moved === 0) this.alarm.within(this.againMs);
    this.againMs = moved > 0 ? AGAIN_MS.first : Math.min(2 * this.againMs, AGAIN_MS.longest);
    if (moved === MOST_DUE || next === Infinity) this.again = true;
  }

  private names(): string[] {
    return this.code.all().map(({ name }) => name);
  }

  private async announce(node: number): Promise<void> {
    await this.store.schedules.announce(node, this.names());
    this.announced = node;
  }
}
