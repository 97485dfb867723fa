/** What can be changed of a job that waits or has failed. What is left out stays as it is. */
export interface JobUpdate {
  readonly priority?: number | undefined;
  /** Seconds from now, a `Date`, or a duration such as `'5h'`. */
  readonly eta?: number | Date | string | undefined;
  readonly description?: string | undefined;
  /** In place of those that it has. */
  readonly tags?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  /** All of them. The identity key stays as it is, also one that was made of the arguments. */
  readonly args?: readonly unknown[] | undefined;
}
