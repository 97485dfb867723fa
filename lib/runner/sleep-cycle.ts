import { EarliestTimer } from '../common/earliest-timer.js';
import type { NodeStore } from '../store/nodes/node-store.js';
import type { Notifier } from '../store/notify/notifier.js';
import type { NotifierMessage } from '../store/notify/notifier-message.js';

/**
 * A node wakes this long before an eta or a tick, in milliseconds: a database that sleeps takes its time, and a tick that
 * came before the node counts as missed.
 */
const WAKE_BEFORE_MS = 5_000;

/** Until a node that could not wake makes another attempt, in milliseconds. */
const WAKE_AGAIN_MS = 1_000;

/** Milliseconds. */
export interface SleepSettings {
  /** Without a job for this long, the node sleeps. */
  readonly sleepAfter: number;
  /** It wakes at least this often, to look for what nobody has told it. */
  readonly wakeEvery: number;
}

export interface SleepParts {
  readonly nodes: NodeStore;
  readonly notifier: Notifier;
  /** Milliseconds since the node had something to do. */
  readonly idleFor: () => number;
  /** Ends the node. */
  readonly sleep: () => Promise<void>;
  /** Starts another one. */
  readonly wake: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/**
 * Lets a node sleep while nothing is due, so that a database which is billed by its use can do the same: it leaves the
 * cluster, and sends nothing until a job of this process, the next eta or tick, or `wakeEvery` wakes it.
 */
export class SleepCycle {
  private sleeping = false;
  private waking = false;
  private stopped = true;
  private check: NodeJS.Timeout | undefined;
  private subscription: { unsubscribe(): void } | undefined;
  private readonly alarm = new EarliestTimer(() => void this.wake());

  constructor(
    private readonly settings: SleepSettings,
    private readonly parts: SleepParts,
  ) {}

  get asleep(): boolean {
    return this.sleeping;
  }

  /** The node works. */
  started(): void {
    this.stopped = false;
    this.sleeping = false;
    this.hearNoMore();
    this.checkIn(this.settings.sleepAfter);
  }

  /** The node has been stopped, and stays so. */
  stop(): void {
    this.stopped = true;
    this.sleeping = false;
    clearTimeout(this.check);
    this.hearNoMore();
  }

  private checkIn(ms: number): void {
    clearTimeout(this.check);
    this.check = setTimeout(() => {
      this.sleepIfIdle().catch((error: unknown) => {
        this.parts.failed(error);
        this.checkIn(this.settings.sleepAfter);
      });
    }, ms).unref();
  }

  private async sleepIfIdle(): Promise<void> {
    const { sleepAfter } = this.settings;
    const left = sleepAfter - this.parts.idleFor();
    if (left > 0) return this.checkIn(left);
    const { busy, nextIn } = await this.parts.nodes.nextWork();
    if (this.stopped) return;
    if (busy || nextIn < sleepAfter + WAKE_BEFORE_MS || this.parts.idleFor() < sleepAfter)
      return this.checkIn(sleepAfter);
    this.sleeping = true;
    await this.parts.sleep();
    if (!this.sleeping) return;
    this.subscription = this.parts.notifier.messages.subscribe((message) => this.hear(message));
    await this.sleepUntilDue();
  }

  /** What has been stored while the node ended was told to nobody. */
  private async sleepUntilDue(): Promise<void> {
    const { busy, nextIn } = await this.parts.nodes.nextWork().catch(() => ({ busy: true, nextIn: 0 }));
    if (!this.sleeping) return;
    if (busy) void this.wake();
    else this.alarm.within(Math.min(nextIn - WAKE_BEFORE_MS, this.settings.wakeEvery));
  }

  private hear({ dueIn, tickIn, ready, jobs, config, functions, nodes }: NotifierMessage): void {
    if (dueIn !== undefined) this.alarm.within(dueIn - WAKE_BEFORE_MS);
    if (tickIn !== undefined) this.alarm.within(tickIn - WAKE_BEFORE_MS);
    if (jobs !== undefined || ready === true || config === true || functions === true || nodes === true)
      void this.wake();
  }

  private async wake(): Promise<void> {
    if (!this.sleeping || this.waking) return;
    this.waking = true;
    try {
      await this.parts.wake();
    } catch (error) {
      this.parts.failed(error);
      if (this.sleeping) this.alarm.within(WAKE_AGAIN_MS);
    } finally {
      this.waking = false;
    }
  }

  private hearNoMore(): void {
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    this.alarm.clear();
  }
}
