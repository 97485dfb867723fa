import { JobFailedError } from '../errors/job-failed.error.js';
import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import type { JobRunner } from '../runner/job-runner.js';
import type { QueueParts } from '../services/queue-parts.js';
import type { QueueService } from '../services/queue.service.js';
import { TestingStore } from '../store/jobs/testing-store.js';
import type { TestingEngine } from './testing-engine.js';
import { polled } from './polled.js';

/** Jobs in PostgreSQL, run by the node of the application. */
export class DatabaseEngine implements TestingEngine {
  private readonly store: TestingStore;

  constructor(
    private readonly parts: QueueParts,
    private readonly queue: QueueService,
    private readonly runner: JobRunner,
  ) {
    this.store = new TestingStore(parts.store.dataSource, parts.store.tables);
  }

  async perform(uuids: ReadonlySet<string>): Promise<Error[]> {
    await this.drain();
    const jobs = await Promise.all([...uuids].map(async (uuid) => this.queue.find(uuid)));
    return jobs.flatMap((job) =>
      job?.state === 'failed'
        ? [new JobFailedError(`${job.name} failed: ${job.excName ?? 'Error'}: ${job.excMessage ?? ''}`)]
        : [],
    );
  }

  forget(): void {
    // What is stored stays stored.
  }

  /** Waits until nothing is ready and nothing runs; where no node runs, one does meanwhile. */
  async drain(): Promise<void> {
    const { runner } = this;
    const starts = !runner.running;
    if (starts) await runner.start();
    try {
      await polled(
        async () => ((await this.store.busy()) === 0 ? true : undefined),
        async () => `${await this.store.busy()} jobs are still ready or running`,
      );
    } finally {
      if (starts) await runner.stop();
    }
  }

  /** Not the clock of the database goes on, but what waits for it comes nearer. */
  async advanceTime(ms: number): Promise<void> {
    await this.store.advanceEtas(ms);
    this.parts.store.notifier.publish({ ready: true, dueIn: 0 });
  }

  async withMode(): Promise<never> {
    throw new InvalidModuleOptionError(
      "withMode() switches between 'fake' and 'inline', and not in an application with mode 'database'.",
    );
  }
}
