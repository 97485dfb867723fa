import { FinishedTimeoutError } from '../errors/finished-timeout.error.js';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { JobFailedError } from '../errors/job-failed.error.js';
import { JobNotFoundError } from '../errors/job-not-found.error.js';
import type { JobRow, JobStore } from '../store/jobs/job-store.js';
import type { Notifier } from '../store/notify/notifier.js';

/** Between two looks, in milliseconds: the first, and the longest; each is twice the one before. */
const LOOK_MS = { first: 20, longest: 500 };

/** What is waited for. */
export interface CompletionSource<R> {
  /** As in `Job` and `Batch`. */
  readonly what: string;
  find(uuids: readonly string[]): Promise<R[]>;
  hasEnded(row: R): boolean;
  notFound(uuid: string): Error;
}

interface Watcher<R> {
  readonly resolve: (row: R) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Waits for the ends of jobs, or of batches. The runner of this process tells of its own; for those of other processes the table is
 * looked at periodically, in one query for everybody who waits.
 */
export class CompletionWatcher<R extends { readonly uuid: unknown }> {
  private readonly watchers = new Map<string, Set<Watcher<R>>>();
  private readonly subscription: { unsubscribe(): void };
  private timer: NodeJS.Timeout | undefined;
  private pause = LOOK_MS.first;
  private looking: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly watched: CompletionSource<R>,
    notifier: Notifier,
  ) {
    this.subscription = notifier.messages.subscribe(({ ended }) => {
      if (ended?.some((uuid) => this.watchers.has(uuid)) === true) this.lookSoon(0);
    });
  }

  /** The row when it has ended. Milliseconds. */
  async ended(uuid: string, timeout: number | undefined): Promise<R> {
    if (this.closed) throw new FinishedTimeoutError('The application is closed');
    let timer: NodeJS.Timeout | undefined;
    let watcher: Watcher<R> | undefined;
    try {
      return await new Promise<R>((resolve, reject) => {
        watcher = { resolve, reject };
        let watchers = this.watchers.get(uuid);
        if (watchers === undefined) this.watchers.set(uuid, (watchers = new Set()));
        watchers.add(watcher);
        if (timeout !== undefined) {
          timer = setTimeout(() => {
            reject(
              new FinishedTimeoutError(`${this.watched.what} ${uuid} has not ended within ${timeout} ms`),
            );
          }, timeout);
        }
        this.pause = LOOK_MS.first;
        this.lookSoon(0);
      });
    } finally {
      clearTimeout(timer);
      const watchers = this.watchers.get(uuid);
      if (watcher !== undefined) watchers?.delete(watcher);
      if (watchers?.size === 0) this.watchers.delete(uuid);
      if (this.watchers.size === 0) clearTimeout(this.timer);
    }
  }

  close(): void {
    this.closed = true;
    this.subscription.unsubscribe();
    clearTimeout(this.timer);
    for (const watchers of this.watchers.values()) {
      for (const { reject } of watchers)
        reject(new FinishedTimeoutError('The application was closed while it waited'));
    }
  }

  private lookSoon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.looking ??= this.look().finally(() => (this.looking = null));
    }, ms);
  }

  private async look(): Promise<void> {
    const uuids = [...this.watchers.keys()];
    if (uuids.length === 0) return;
    try {
      const rows = new Map((await this.watched.find(uuids)).map((row) => [row.uuid, row]));
      for (const uuid of uuids) this.settle(uuid, rows.get(uuid));
    } catch {
      // The database is away: those who wait go on waiting.
    }
    this.pause = Math.min(this.pause * 2, LOOK_MS.longest);
    if (this.watchers.size > 0) this.lookSoon(this.pause);
  }

  private settle(uuid: string, row: R | undefined): void {
    const watchers = this.watchers.get(uuid) ?? new Set();
    if (row === undefined) {
      for (const { reject } of watchers) reject(this.watched.notFound(uuid));
    } else if (this.watched.hasEnded(row)) {
      for (const { resolve } of watchers) resolve(row);
    }
  }
}

/** Jobs, which end done, failed or cancelled. */
export const jobCompletions = (jobs: JobStore): CompletionSource<JobRow> => ({
  what: 'Job',
  find: async (uuids) => jobs.find(uuids),
  hasEnded: ({ state }) => state === 'done' || state === 'failed' || state === 'cancelled',
  notFound: (uuid) => new JobNotFoundError(notFound(uuid)),
});

export const notFound = (uuid: string): string =>
  `There is no job ${uuid}: its transaction has not committed or was rolled back, or it was removed after its end.`;

/** The error that a job ended with, as far as it is stored; null where it is done. */
export function errorOf(row: JobRow): Error | null {
  if (row.state === 'done') return null;
  if (row.state === 'cancelled') {
    return new JobCancelledError(
      `${String(row.name)} ${String(row.uuid)}: ${JSON.parse(String(row.result)) as string}`,
    );
  }
  const cause = new Error(String(row.exc_message));
  cause.name = String(row.exc_name);
  if (typeof row.exc_info === 'string') cause.stack = row.exc_info;
  return new JobFailedError(
    `${String(row.name)} ${String(row.uuid)} failed: ${cause.name}: ${cause.message}`,
    { cause },
  );
}
