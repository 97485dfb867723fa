import { Injectable } from '@nestjs/common';
import { currentJob, Job, RetryableJobError } from 'nestjs-queue-job';
import { Recorded } from '../process/recorded.js';
import type { Workload } from './workload.js';

@Injectable()
export class SequentialJobs {
  constructor(private readonly recorded: Recorded) {}

  @Job({ maxRetries: 0 })
  async step(failures: number, ms: number): Promise<void> {
    await this.recorded.last(ms, true);
    if (currentJob().job.retry <= failures) throw new RetryableJobError('once more', { seconds: 0.1 });
  }
}

/** Steps that may only be taken one after the other, in the order of their calls. */
export const sequential: Workload = {
  name: 'sequential',
  provider: SequentialJobs,
  weight: 2,
  alone: true,
  async call({ queue, random, recorder, accepted }) {
    const from = await recorder.now();
    const channel = random.pick(['root.order', 'root.order.sub']);
    const job = await queue
      .withDelay(SequentialJobs, { channel })
      .step(random.chance(0.1) ? 1 : 0, random.chance(0.05) ? 1_500 : random.int(0, 20));
    await accepted([job], from);
  },
};
