/** What a mode of the testing module does with jobs. */
export interface TestingEngine {
  /** Runs these jobs, and with `recursive` what they enqueue; returns the errors of those that failed. */
  perform(uuids: ReadonlySet<string>, recursive: boolean): Promise<Error[]>;
  forget(): void;
  drain(): Promise<void>;
  advanceTime(ms: number): Promise<void>;
  withMode<T>(mode: 'fake' | 'inline', work: () => T | Promise<T>): Promise<T>;
}
