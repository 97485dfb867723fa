/**
 * What somebody has to do something about, by `kind`.
 *
 * @typeParam D - how dates are written: `Date`, or text once it has crossed a wire
 */
export type Attention<D = Date> =
  /** Jobs are ready, and no node is alive. */
  | { readonly kind: 'no-node' }
  /** A node without a sign of life, which is given up soon. */
  | { readonly kind: 'silent'; readonly node: number; readonly name: string; readonly since: D }
  /** Attempts that failed within 15 minutes, those that will be retried included, and how many do on average. */
  | { readonly kind: 'failing'; readonly recent: number; readonly usual: number }
  /** The next tick of a schedule has been due for more than a minute: no living node stores it. */
  | { readonly kind: 'overdue'; readonly schedule: string; readonly since: D }
  /** Jobs wait in a paused channel, or in one of capacity 0. `by`: who paused it, and when, if that was on the dashboard. */
  | {
      readonly kind: 'paused' | 'closed';
      readonly channel: string;
      /** With the subchannels; "at least", where many wait. */
      readonly waiting: number;
      readonly by: { readonly actor: string; readonly date: D } | null;
    }
  /** Jobs wait in a sequential channel behind one that failed. */
  | {
      readonly kind: 'stopped';
      readonly channel: string;
      readonly waiting: number;
      /** The failed job. */
      readonly uuid: string;
    }
  /** Jobs of a paused function wait. */
  | {
      readonly kind: 'paused-function';
      readonly name: string;
      readonly waiting: number;
      /** Null if nobody said. */
      readonly actor: string | null;
      readonly since: D;
    }
  /** No living node has this function, and jobs of it wait. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Jobs wait in a channel that no living node serves or, with a name, that no node serves that has this function. */
  | { readonly kind: 'unserved'; readonly channel: string; readonly name: string | null }
  /** A job has been ready for more than 10 minutes. */
  | { readonly kind: 'late'; readonly uuid: string; readonly seconds: number };
