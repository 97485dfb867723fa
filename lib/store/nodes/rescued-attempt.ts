/** A job of a node that has died: how its attempt ended, or `back` if it had not begun. */
export interface RescuedAttempt {
  readonly uuid: string;
  readonly channel: string;
  readonly name: string;
  readonly kind: 'retried' | 'failed' | 'cancelled' | 'back';
  readonly description: string;
  readonly tags: readonly string[] | null;
  readonly retry: number;
  readonly maxRetries: number;
  /** Of its error. */
  readonly message: string;
  /** Until its next attempt. */
  readonly seconds: number;
  /** Seconds. */
  readonly wait: number;
  readonly run: number;
}
