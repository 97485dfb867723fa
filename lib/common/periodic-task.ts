/** When a {@link PeriodicTask} runs, and what gets its errors. */
export interface PeriodicTaskOptions {
  /** Milliseconds from the end of one run to the start of the next; a function is asked after each run. */
  readonly every: number | (() => number);
  /** Milliseconds until the first run. Default: `every`. */
  readonly first?: number;
  /** Whether the timer keeps the process alive. Default: `false`. */
  readonly keepsProcessAlive?: boolean;
  /** Called with the error of a run that failed; the next run comes all the same. Default: errors are dropped. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Runs an asynchronous function again and again, never twice at the same time.
 *
 * @example
 * ```ts
 * const pruning = new PeriodicTask(() => pruner.prune(), { every: 60_000, onError: (error) => log.warn(error) });
 * pruning.start();
 * await pruning.stop(); // waits for the run that is under way
 * ```
 */
export class PeriodicTask {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private state: 'idle' | 'active' | 'stopped' = 'idle';

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly options: PeriodicTaskOptions,
  ) {}

  /** Starts the timer; does nothing if it was started before, or stopped. */
  start(): void {
    if (this.state !== 'idle') return;
    this.state = 'active';
    this.schedule(this.options.first ?? this.interval());
  }

  /**
   * Runs now instead of at the end of the interval. If a run is under way, another one follows it: the one under way may
   * have read what this call is about before it changed.
   */
  runNow(): void {
    if (this.state !== 'active') return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.run();
  }

  /** Ends the timer for good. Resolves when the run that is under way has ended; never rejects. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.timer);
    await this.running;
  }

  /** Whether it was stopped: long work looks at this between its steps. */
  get stopped(): boolean {
    return this.state === 'stopped';
  }

  private run(): void {
    this.running = this.runAndSchedule();
  }

  private async runAndSchedule(): Promise<void> {
    do {
      this.again = false;
      await this.runOnce();
    } while (this.again && !this.stopped);
    this.running = null;
    if (!this.stopped) this.schedule(this.interval());
  }

  private async runOnce(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  private schedule(ms: number): void {
    this.timer = setTimeout(() => this.run(), ms);
    if (this.options.keepsProcessAlive !== true) this.timer.unref();
  }

  private interval(): number {
    const { every } = this.options;
    return typeof every === 'number' ? every : every();
  }
}
