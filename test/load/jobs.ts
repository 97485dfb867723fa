import { Injectable } from '@nestjs/common';
import { currentJob, Job, RetryableJobError } from 'nestjs-queue-job';

/** The monotonic clock that all processes of a machine share, in milliseconds. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What the processes under load run. */
@Injectable()
export class LoadJobs {
  done = 0;
  pickups: number[] = [];

  @Job()
  async work(_payload: string): Promise<number> {
    await Promise.resolve();
    this.done += 1;
    return this.done;
  }

  /** Fails at its first try. */
  @Job({ retryPattern: { 1: 0 } })
  async flaky(): Promise<void> {
    await Promise.resolve();
    if (currentJob().job.retry === 1) throw new RetryableJobError('once more');
    this.done += 1;
  }

  /** Tells how long it took from its call to its start. */
  @Job({ priority: 0 })
  async probe(calledAt: number): Promise<void> {
    await Promise.resolve();
    this.pickups.push(clock() - calledAt);
    this.done += 1;
  }
}
