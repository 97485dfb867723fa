import type { BatchStore } from '../store/batch-store.js';
import type { JobStore } from '../store/job-store.js';
import type { NodeStore } from '../store/node-store.js';

/** Between two rounds, and jobs that one statement removes. */
const EVERY_MS = 60_000;
const BATCH = 1_000;

/** Removes what ended long ago, a little at a time. Any number of nodes may do so at once. */
export class Retention {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: JobStore,
    private readonly batches: BatchStore,
    private readonly nodes: NodeStore,
    /** Milliseconds that ended jobs are kept; null is for ever. */
    private readonly interval: number | null,
    private readonly failed: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.round = this.run().catch(this.failed);
    }, EVERY_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
  }

  /** One round: until nothing old is left. */
  async run(): Promise<void> {
    while (!this.stopped && (await this.jobs.removeEnded(this.interval, BATCH)) === BATCH);
    await this.batches.removeEnded(this.interval);
    await this.nodes.removeEnded(this.interval);
  }
}
