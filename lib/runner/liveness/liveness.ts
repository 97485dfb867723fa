import type { Row, Statement } from '../../store/connection/database.js';

/** What becomes of the sign by which a node lives. */
export interface LivenessHooks {
  /** A notification came in. */
  readonly notified: (payload: string) => void;
  /** It hears notifications from now on, or no longer. */
  readonly hears: (open: boolean) => void;
  /** The sign was lost, and is being taken up again. */
  readonly lost: (error: unknown) => void;
  /** It was away for so long that the others may have the jobs of this node. */
  readonly expired: () => void;
  /** It is there again; whether the others have given the node up meanwhile, the next round trip tells. */
  readonly recovered: () => void;
  /** The lease is renewed without a thread: a blocked event loop can make the node look dead. */
  readonly withoutThread: (reason: unknown) => void;
}

/** The sign by which the others see that a node lives: a session with the server, or a lease. */
export interface Liveness {
  /** Takes it up for a node, also for one that has got a new number. */
  open(node: number): Promise<void>;
  close(): Promise<void>;
  /** Asks something in a way that shows life by itself; returns the first row. */
  readonly ask: (statement: Statement, values: readonly unknown[]) => Promise<Row | undefined>;
}
