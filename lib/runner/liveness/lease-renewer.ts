/** What renews a lease: a thread of its own, or, where that isn't possible, the process itself. */
export interface LeaseOrder {
  readonly node: number;
  readonly statement: string;
  /** Milliseconds between two renewals. */
  readonly every: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** How a renewal ended. */
export interface LeaseRenewal {
  readonly renewed: boolean;
  /** When it was sent, by the monotonic clock that all threads share, in milliseconds. */
  readonly at: number;
  readonly error?: string;
}

export interface LeaseRenewer {
  /** From now on this is renewed; also for a node that has got a new number. */
  follow(order: LeaseOrder): void;
  stop(): Promise<void>;
}

/** What the thread gets at its start. */
export interface LeaseThreadOrder extends LeaseOrder {
  readonly connection: object;
  /** Whether the password is a function of the process, to be asked for each connection. */
  readonly asksPassword: boolean;
}

/** What the thread tells: how a renewal ended, or that it needs the password. */
export type LeaseThreadMessage = LeaseRenewal | { readonly asks: number };

/** The monotonic clock that all threads share, in milliseconds. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
