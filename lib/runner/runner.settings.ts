import type { SleepSettings } from './sleep-cycle.js';

/** How the runner of this process works, with every default filled in. */
export interface RunnerSettings {
  /** Jobs that run here at once. */
  readonly concurrency: number;
  /**
   * How many of these may be transactional. Each holds a connection of the application's pool, so it is half of the pool:
   * then each of them can have a second one, for a repository that its method has injected.
   */
  readonly transactionalConcurrency: number;
  /** The channels that this node serves, with those below them; null is all. */
  readonly channels: readonly string[] | null;
  /** Of the application; null if it names none. */
  readonly release: string | null;
  /** Milliseconds between two looks for work that nobody told of. */
  readonly pollInterval: number;
  /** Milliseconds after which a node without a session counts as dead when it hasn't been heard. */
  readonly leaseDuration: number;
  /** Milliseconds that running jobs get to end when the node stops. */
  readonly shutdownTimeout: number;
  /** False behind a pooler in transaction mode: no LISTEN, no session lock, but a lease. */
  readonly listen: boolean;
  /** When the node sleeps; null is never. */
  readonly sleep: SleepSettings | null;
}

/** For how long, in milliseconds, a node may be without its session before its jobs are given back. */
export const GRACE_MS = 3_000;
