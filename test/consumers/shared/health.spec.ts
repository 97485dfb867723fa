import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { ChannelService, QueueService } from 'nestjs-queue-job';
import { QueueJobHealthIndicator } from 'nestjs-queue-job/terminus';
import { AppModule } from './app.module.js';
import { Report } from './report.entity.js';
import { ReportService } from './report.service.js';
import { DataSource } from 'typeorm';

describe('the health of the application', () => {
  it('is told by terminus, with what is degraded', async () => {
    const module = await Test.createTestingModule({
      imports: [AppModule, TerminusModule.forRoot({ logger: false })],
      providers: [QueueJobHealthIndicator],
    }).compile();
    await module.init();
    const check = async () => {
      const indicator = module.get(QueueJobHealthIndicator);
      const { details } = await module.get(HealthCheckService).check([() => indicator.isHealthy('queue')]);
      return details.queue as { status: string; degraded?: boolean; pausedChannels: string[] };
    };
    expect(await check()).toMatchObject({ status: 'up', reasons: [] });

    await module.get(ChannelService).pause('root.reports');
    const report = await module.get(DataSource).getRepository(Report).save({ month: 'May' });
    await module.get(QueueService).withDelay(ReportService).write(report);
    // One look answers all probes of a second.
    let health = await check();
    while (health.pausedChannels.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      health = await check();
    }
    expect(health.pausedChannels).toEqual(['root.reports']);
    // Only terminus 12 has a status for it.
    expect(health.status === 'degraded' || health.degraded === true).toBe(true);
    await module.get(ChannelService).resume('root.reports');
    await module.close();
  }, 60_000);
});
