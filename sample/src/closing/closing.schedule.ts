import { Injectable } from '@nestjs/common';
import { CronJob, currentJob, Job } from 'nestjs-queue-job';
import { ClosingService } from './closing.service.ts';

const timeZone = 'Europe/Berlin';

/** Closes the day each evening, by the clock of the shop. */
@Injectable()
export class ClosingSchedule {
  constructor(private readonly closings: ClosingService) {}

  /** Where no process ran in the evening, the day is closed as soon as one does: it is that of the tick. */
  @CronJob('0 22 * * *', { name: 'Close the day', timeZone, catchUp: 'last' })
  @Job({ defaultChannel: 'root.closing', description: 'Begin to close the day' })
  async closeDay(): Promise<void> {
    const evening = currentJob().tick?.scheduledAt ?? new Date();
    // Swedish dates are those of ISO 8601.
    await this.closings.start(evening.toLocaleDateString('sv-SE', { timeZone }));
  }
}
