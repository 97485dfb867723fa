/** `GET functions`, `GET functions/:name`. */
export interface FunctionView {
  /** `Provider.method`. */
  readonly name: string;
  /** Whether the process that answers knows it. */
  readonly known: boolean;
  /** Whether `PUT schedules/:name` takes it: `@Job({ schedulable: true })`. */
  readonly schedulable: boolean;
  readonly channel: string;
  /** Attempts to seconds, or to a range of seconds; null: 600 s after each. */
  readonly retryPattern: Readonly<Record<string, number | readonly [number, number]>> | null;
  readonly declared: { readonly channel: string; readonly retryPattern: FunctionView['retryPattern'] } | null;
  /** Null, each, where it is as declared. `POST functions/:name/reset` takes it back. */
  readonly changed: { readonly channel: string | null; readonly retryPattern: FunctionView['retryPattern'] };
  /** Who has paused it, and since when; null if it is not paused. `by` is null where nobody said. */
  readonly paused: { readonly by: string | null; readonly since: string } | null;
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
  /** In the last 24 hours. */
  readonly ended: number;
  readonly failedTries: number;
  /** Seconds, over the last 24 hours; null where nothing ended. */
  readonly runP50: number | null;
  readonly runP95: number | null;
  readonly runP99: number | null;
  /** Of its attempts of the last 24 hours, how many failed: 0 to 1; null where none ended. */
  readonly failureRate: number | null;
  /** Seconds that its attempts of the last 24 hours ran, together. */
  readonly total: number;
  /** Of the time of all functions, 0 to 1. */
  readonly share: number;
}

/** `PATCH functions/:name`; null takes back one of them. */
export interface FunctionChangeRequest {
  readonly channel?: string | null;
  readonly retryPattern?: FunctionView['retryPattern'];
  readonly paused?: boolean;
}
