import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { currentJob, JobRunner } from 'nestjs-queue-job';
import { Recorder } from './recorder.js';

/** Around the body of every job: its start is written before, its end after. */
@Injectable()
export class Recorded implements OnModuleDestroy {
  /** As a client that its provider closes. */
  private closed = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly runner: JobRunner,
  ) {}

  onModuleDestroy(): void {
    this.closed = true;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    // Read at once: the node may have another number by the time that the recorder has answered.
    const node = this.runner.nodeId ?? null;
    const { closed } = this;
    const { uuid, channel, retry, dateEnqueued } = currentJob().job;
    const id = await this.recorder.started({ uuid, channel, retry, node, claimed: dateEnqueued, closed });
    try {
      return await work();
    } finally {
      await this.recorder.ended(id);
    }
  }

  /** For some milliseconds; with `obedient`, no longer than the node wants it. */
  async last(ms: number, obedient = false): Promise<void> {
    await this.run(async () => {
      const { signal } = currentJob();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        if (!obedient) return;
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
      if (obedient) signal.throwIfAborted();
    });
  }
}
