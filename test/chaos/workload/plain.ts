import { Injectable } from '@nestjs/common';
import { Job } from 'nestjs-queue-job';
import { Recorded } from '../process/recorded.js';
import type { Workload } from './workload.js';

@Injectable()
export class PlainJobs {
  constructor(private readonly recorded: Recorded) {}

  /** Ignores its signal, as most jobs do. */
  @Job({ maxRetries: 0 })
  async work(ms: number): Promise<number> {
    await this.recorded.last(ms);
    return ms;
  }

  @Job({ maxRetries: 0 })
  async obedient(ms: number): Promise<void> {
    await this.recorded.last(ms, true);
  }

  /** Has the event loop for itself. */
  @Job({ maxRetries: 0 })
  async compute(ms: number): Promise<void> {
    await this.recorded.run(async () => {
      const until = performance.now() + ms;
      while (performance.now() < until);
      return Promise.resolve();
    });
  }
}

/** Jobs in any channel, of any priority, some later; some are cancelled. */
export const plain: Workload = {
  name: 'plain',
  provider: PlainJobs,
  weight: 10,
  async call({ queue, random, recorder, channels, recent, accepted }) {
    const from = await recorder.now();
    const jobs = queue.withDelay(PlainJobs, {
      channel: random.pick(channels),
      priority: random.int(8, 12),
      ...(random.chance(0.2) ? { eta: random.next() * 2 } : {}),
    });
    const kind = random.next();
    const ms = random.duration();
    const job =
      kind < 0.7
        ? await jobs.work(ms)
        : kind < 0.98
          ? await jobs.obedient(ms)
          : await jobs.compute(Math.min(ms, 3_000));
    await accepted([job], from);
    recent.push(job.uuid);
  },
};
