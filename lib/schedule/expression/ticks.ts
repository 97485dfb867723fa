/** The instants of a schedule. All of them are milliseconds since the epoch of Unix. */
export interface Ticks {
  /** Returns the first tick after `instant`; `undefined` if there is none. */
  after(instant: number): number | undefined;
}
