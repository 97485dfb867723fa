import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClosedError } from '../errors/queue-closed.error.js';
import { isLockTimeout, isSerializationFailure } from '../common/pg-errors.js';

/** How long a first attempt, and any later one, waits for a lock, in milliseconds. */
const LOCK_TIMEOUT_MS = { first: 20, later: 2 };

type Turn = () => void;

/** Between two attempts, in milliseconds: the first pause, and the longest; each is twice the one before. */
const PAUSE_MS = { first: 10, longest: 250 };

/** In a row, of one call: after that it fails. */
const MAX_DEADLOCKS = 5;

/**
 * What may have to wait for a transaction of somebody else, such as the INSERT of a job whose identity key that one has
 * stored and not committed yet. One attempt is under way at a time, and it gives up after a moment, so however many
 * calls wait, and however long: they take one connection, and never one of the application's.
 */
export class ContendedLane {
  /** Those that have not waited yet go first. */
  private readonly turns: { readonly fresh: Turn[]; readonly waiting: Turn[] } = { fresh: [], waiting: [] };
  private busy = false;
  private readonly closing = new AbortController();

  /**
   * Runs an attempt until it needs not wait for a lock.
   *
   * @param attempt - rejects with `lock_not_available` where it had to wait for longer than the milliseconds it is given
   * @param fresh - false where it is known to wait already
   */
  async run<T>(attempt: (lockTimeout: number) => Promise<T>, fresh = true): Promise<T> {
    let pause = PAUSE_MS.first;
    let deadlocks = 0;
    for (let isFirst = fresh; ; isFirst = false) {
      try {
        const lockTimeout = isFirst ? LOCK_TIMEOUT_MS.first : LOCK_TIMEOUT_MS.later;
        return await this.once(async () => attempt(lockTimeout), isFirst);
      } catch (error) {
        if (isSerializationFailure(error) && deadlocks++ < MAX_DEADLOCKS) continue;
        if (!isLockTimeout(error)) throw error;
      }
      await this.wait(pause);
      pause = Math.min(pause * 2, PAUSE_MS.longest);
    }
  }

  /** Runs one attempt, when those before it have ended. */
  async once<T>(attempt: () => Promise<T>, fresh = true): Promise<T> {
    await new Promise<void>((resolve) => {
      (fresh ? this.turns.fresh : this.turns.waiting).push(resolve);
      if (!this.busy) this.next();
    });
    try {
      return await attempt();
    } finally {
      this.next();
    }
  }

  private next(): void {
    const turn = this.turns.fresh.shift() ?? this.turns.waiting.shift();
    this.busy = turn !== undefined;
    turn?.();
  }

  close(): void {
    this.closing.abort();
  }

  private async wait(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.closing.signal });
    } catch (cause) {
      throw new QueueClosedError(
        'The application was closed while a job waited for the transaction that has its identity key, or a batch for one that adds to it. Nothing was stored.',
        { cause },
      );
    }
  }
}
