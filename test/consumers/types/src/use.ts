import { Injectable, Module } from '@nestjs/common';
import {
  chain,
  currentJob,
  Job,
  QueueJobModule,
  QueueService,
  RetryableJobError,
  type QueueJob,
} from 'nestjs-queue-job';
import { QueueJobDashboardModule, type JobSummary } from 'nestjs-queue-job/dashboard';
import { QUEUE_JOB_MIGRATIONS } from 'nestjs-queue-job/migrations';
import { openTelemetryMetrics, openTelemetryTracing } from 'nestjs-queue-job/opentelemetry';
import { queueJobTesting, QueueJobTestingModule } from 'nestjs-queue-job/testing';

@Injectable()
export class Reports {
  constructor(private readonly queue: QueueService) {}

  @Job({ retryPattern: { 1: 10 } })
  async write(month: string): Promise<string> {
    if (currentJob().job.retry > 3) throw new RetryableJobError('later', { seconds: 10 });
    return month;
  }

  async all(): Promise<QueueJob<string>> {
    const job = await this.queue.withDelay(Reports, { priority: 5 }).write('May');
    // @ts-expect-error a month is a string
    this.queue.delayable(Reports).write(5);
    await chain(
      this.queue.delayable(Reports).write('May'),
      this.queue.delayable(Reports).write('June'),
    ).delay();
    return job;
  }
}

export const states = (jobs: readonly JobSummary[]): string[] => jobs.map(({ state }) => state);

export const migrations: number = QUEUE_JOB_MIGRATIONS.length;

@Module({
  imports: [
    QueueJobModule.forRoot({
      channels: 'root:20',
      tracing: openTelemetryTracing({ continueTrace: true }),
      metrics: openTelemetryMetrics({ maxSeries: 100 }),
    }),
    QueueJobDashboardModule.forRoot({ path: 'jobs' }),
  ],
  providers: [Reports],
})
export class AppModule {}

export const testing = QueueJobTestingModule.forRoot({ mode: 'fake' });

export const traps = (app: Parameters<typeof queueJobTesting>[0]): number =>
  queueJobTesting(app).expectEnqueued(Reports, 'write', { args: ['May'], times: 1 }).length;
