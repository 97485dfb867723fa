import { EarliestTimer } from '../common/earliest-timer.js';
import { FinishedTimeoutError } from '../errors/finished-timeout.error.js';
import type { Notifier } from '../store/notify/notifier.js';

/**
 * Between two looks at a job that is awaited, in milliseconds: the first, the longest, and how much longer each is than the
 * one before. If its end is notified, the looks are for notifications that were lost.
 */
const POLL = {
  alone: { first: 20, longest: 500, factor: 2 },
  notified: { first: 20, longest: 2_000, factor: 4 },
} as const;

/** After this time, the others are told again what is awaited, in milliseconds: nodes forget it. */
const ANNOUNCE_AGAIN_MS = 25_000;

/** What is waited for. */
export interface CompletionSource<R> {
  /** As in `Job` and `Batch`. */
  readonly what: string;
  find(uuids: readonly string[]): Promise<R[]>;
  hasEnded(row: R): boolean;
  notFound(uuid: string): Error;
}

interface Waiter<R> {
  readonly resolve: (row: R) => void;
  readonly reject: (error: Error) => void;
}

/** One that is awaited; moments are of the monotonic clock. */
interface AwaitedEnd<R> {
  readonly waiters: Set<Waiter<R>>;
  announcedAt: number;
  pause: number;
  nextLook: number;
}

/**
 * Waits for the ends of jobs, or of batches. The runner of this process reports those it has ended; the nodes of other
 * processes are told which jobs are awaited, and notify. The table is polled as well, for what no notification reports.
 */
export class CompletionWatcher<R extends { readonly uuid: unknown }> {
  private readonly awaited = new Map<string, AwaitedEnd<R>>();
  private readonly subscription: { unsubscribe(): void };
  private readonly poll = new EarliestTimer(() => this.lookAtDue());
  /** To be looked at now. */
  private readonly urgent = new Set<string>();
  private looking: Promise<void> | null = null;
  private closed = false;

  /** @param announces - whether the nodes notify of these ends where they are told that somebody waits */
  constructor(
    private readonly watched: CompletionSource<R>,
    private readonly notifier: Notifier,
    private readonly announces: boolean,
  ) {
    this.subscription = notifier.messages.subscribe(({ ended, hears, eventTalk }) => {
      if (ended !== undefined) this.lookSoon(ended.filter((uuid) => this.awaited.has(uuid)));
      // A node that has just started knows of nobody who waits, and what came before this process heard is lost.
      if (announces && (hears === true || eventTalk === 'asking')) this.announceAnew();
    });
  }

  /** How many jobs or batches are awaited. */
  get size(): number {
    return this.awaited.size;
  }

  /** The row when it has ended. Milliseconds. */
  async ended(uuid: string, timeout: number | undefined): Promise<R> {
    if (this.closed) throw new FinishedTimeoutError('The application is closed');
    let timer: NodeJS.Timeout | undefined;
    const awaited = this.awaitedOf(uuid);
    let waiter: Waiter<R> | undefined;
    try {
      return await new Promise<R>((resolve, reject) => {
        waiter = { resolve, reject };
        awaited.waiters.add(waiter);
        if (timeout !== undefined) {
          timer = setTimeout(() => {
            reject(
              new FinishedTimeoutError(`${this.watched.what} ${uuid} has not ended within ${timeout} ms`),
            );
          }, timeout);
        }
        this.lookSoon([uuid]);
      });
    } finally {
      clearTimeout(timer);
      if (waiter !== undefined) awaited.waiters.delete(waiter);
      if (awaited.waiters.size === 0 && this.awaited.get(uuid) === awaited) this.awaited.delete(uuid);
      if (this.awaited.size === 0) this.poll.clear();
    }
  }

  close(): void {
    this.closed = true;
    this.subscription.unsubscribe();
    this.poll.clear();
    for (const { waiters } of this.awaited.values()) {
      for (const { reject } of waiters)
        reject(new FinishedTimeoutError('The application was closed while it waited'));
    }
  }

  private awaitedOf(uuid: string): AwaitedEnd<R> {
    const before = this.awaited.get(uuid);
    if (before !== undefined) return before;
    const awaited = { waiters: new Set<Waiter<R>>(), announcedAt: -Infinity, pause: 0, nextLook: 0 };
    this.awaited.set(uuid, awaited);
    return awaited;
  }

  private announceAnew(): void {
    for (const awaited of this.awaited.values()) awaited.announcedAt = -Infinity;
    this.lookSoon([...this.awaited.keys()]);
  }

  private lookAtDue(): void {
    const now = performance.now();
    let next = Infinity;
    for (const [uuid, { nextLook }] of this.awaited) {
      if (nextLook <= now + 1) this.urgent.add(uuid);
      else next = Math.min(next, nextLook);
    }
    if (next < Infinity) this.poll.within(next - now);
    this.lookSoon([]);
  }

  private lookSoon(uuids: readonly string[]): void {
    for (const uuid of uuids) this.urgent.add(uuid);
    if (this.urgent.size > 0) this.looking ??= this.lookAtUrgent().finally(() => (this.looking = null));
  }

  private async lookAtUrgent(): Promise<void> {
    while (this.urgent.size > 0 && !this.closed) {
      // All that is awaited in this turn of the event loop shares a look.
      await new Promise((resolve) => setImmediate(resolve));
      const uuids = [...this.urgent].filter((uuid) => this.awaited.has(uuid));
      this.urgent.clear();
      if (uuids.length === 0) continue;
      // In this order: what ends before the nodes know that it is awaited is found by the look.
      await this.announce(uuids);
      await this.look(uuids);
    }
  }

  private async announce(uuids: readonly string[]): Promise<void> {
    if (!this.announces || !this.notifier.hearsOthers()) return;
    const now = performance.now();
    const due = uuids.filter((uuid) => {
      const awaited = this.awaited.get(uuid);
      if (awaited === undefined || now < awaited.announcedAt + ANNOUNCE_AGAIN_MS) return false;
      awaited.announcedAt = now;
      return true;
    });
    if (due.length > 0) await this.notifier.ends.announce(due);
  }

  private async look(uuids: readonly string[]): Promise<void> {
    try {
      const rows = new Map((await this.watched.find(uuids)).map((row) => [row.uuid, row]));
      for (const uuid of uuids) this.settle(uuid, rows.get(uuid));
    } catch {
      // The database is away: those who wait go on waiting.
    }
    if (this.closed) return;
    const now = performance.now();
    for (const uuid of uuids) {
      const awaited = this.awaited.get(uuid);
      if (awaited === undefined) continue;
      const { first, longest, factor } = awaited.announcedAt > -Infinity ? POLL.notified : POLL.alone;
      awaited.pause = Math.min(Math.max(first, awaited.pause * factor), longest);
      awaited.nextLook = now + awaited.pause;
      this.poll.within(awaited.pause);
    }
  }

  private settle(uuid: string, row: R | undefined): void {
    const waiters = this.awaited.get(uuid)?.waiters ?? new Set();
    const ended = row === undefined || this.watched.hasEnded(row);
    if (!ended) return;
    // Who waits for it from here on looks again.
    this.awaited.delete(uuid);
    for (const { resolve, reject } of waiters) {
      if (row === undefined) reject(this.watched.notFound(uuid));
      else resolve(row);
    }
  }
}
