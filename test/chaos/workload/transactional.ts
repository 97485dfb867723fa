import { Injectable } from '@nestjs/common';
import { currentJob, Job, QueueService } from 'nestjs-queue-job';
import { Recorded } from '../process/recorded.js';
import { type Isolation, ISOLATIONS } from './isolation.js';
import type { Workload } from './workload.js';

@Injectable()
export class TransactionalJobs {
  constructor(
    private readonly recorded: Recorded,
    private readonly queue: QueueService,
  ) {}

  /**
   * Moves one from an account to another, in the order given: so two of these may deadlock (40P01), and with
   * stricter isolation one of two that meet is refused (40001). Its effect, and the job it enqueues, commit with it.
   */
  @Job({ transactional: true, maxRetries: 0, retryOn: 'any', retryPattern: { 1: 0 } })
  async transfer(
    from: number,
    to: number,
    ms: number,
    isolation: Isolation,
    floating: boolean,
  ): Promise<void> {
    await this.recorded.run(async () => {
      const { job, manager } = currentJob();
      await manager.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`);
      await manager.query('INSERT INTO chaos_effect VALUES ($1)', [job.uuid]);
      await manager.query('UPDATE chaos_account SET balance = balance - 1 WHERE id = $1', [from]);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await manager.query('UPDATE chaos_account SET balance = balance + 1 WHERE id = $1', [to]);
      await this.queue.withDelay(TransactionalJobs).receipt(job.uuid);
      // Nobody awaits it: the first attempt ends with a transaction that PostgreSQL rolls back, or not.
      if (floating && job.retry === 1) void manager.query('SELECT 1 / 0').catch(() => undefined);
    });
  }

  @Job({ maxRetries: 0 })
  async receipt(_transfer: string): Promise<void> {
    await this.recorded.last(0);
  }
}

/** Jobs whose effects are to be there exactly once, whatever dies when. */
export const transactional: Workload = {
  name: 'transactional',
  provider: TransactionalJobs,
  weight: 5,
  async call({ queue, random, recorder, channels, accepted }) {
    const from = await recorder.now();
    const job = await queue
      .withDelay(TransactionalJobs, { channel: random.pick(channels) })
      .transfer(
        random.int(1, 8),
        random.int(1, 8),
        random.chance(0.05) ? 4_000 : random.int(0, 30),
        random.pick(ISOLATIONS),
        random.chance(0.1),
      );
    await accepted([job], from);
  },
};
