import { Injectable } from '@nestjs/common';
import { currentJob, Job, RetryableJobError } from 'nestjs-queue-job';
import { Recorded } from '../process/recorded.js';
import type { Workload } from './workload.js';

@Injectable()
export class RetriedJobs {
  constructor(private readonly recorded: Recorded) {}

  /** Fails at its first attempts, and is retried soon. */
  @Job({ maxRetries: 0 })
  async flaky(failures: number, seconds: number, ms: number): Promise<void> {
    await this.recorded.last(ms);
    if (currentJob().job.retry <= failures) throw new RetryableJobError('once more', { seconds });
  }

  /** Fails for good, until somebody has it run again and it is lucky. */
  @Job({ maxRetries: 3, onFailed: 'reported' })
  async luckless(ms: number): Promise<void> {
    await this.recorded.last(ms);
    if (Math.random() < 0.5) throw new Error('not this time');
  }

  @Job({ maxRetries: 0 })
  async reported(): Promise<void> {
    await this.recorded.last(1);
  }

  /** Asks to be run later, twice. */
  @Job({ maxRetries: 0 })
  async postponed(until: number): Promise<void> {
    await this.recorded.last(1);
    if (Date.now() < until) currentJob().postpone(0.3);
  }
}

/** Jobs that fail, for a while or for good, and jobs that put themselves off. */
export const retries: Workload = {
  name: 'retries',
  provider: RetriedJobs,
  weight: 4,
  async call({ queue, random, recorder, channels, accepted }) {
    const from = await recorder.now();
    const jobs = queue.withDelay(RetriedJobs, { channel: random.pick(channels) });
    const kind = random.next();
    const job =
      kind < 0.6
        ? await jobs.flaky(random.int(1, 3), random.pick([0, 0, 0.1, 0.7]), random.int(0, 40))
        : kind < 0.9
          ? await jobs.luckless(random.int(0, 40))
          : await jobs.postponed(from.getTime() + 500);
    await accepted([job], from);
  },
};
