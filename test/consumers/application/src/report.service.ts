import { Injectable } from '@nestjs/common';
import { currentJob, Job, RetryableJobError } from 'nestjs-queue-job';
import { Report } from './report.entity.js';

@Injectable()
export class ReportService {
  @Job({ defaultChannel: 'root.reports', transactional: true })
  async write(report: Report): Promise<string> {
    const { job } = currentJob();
    if (report.month === 'April' && job.retry === 1) throw new RetryableJobError('not yet', { seconds: 0 });
    return `Report ${report.id} for ${report.month} is written at try ${job.retry}`;
  }
}
