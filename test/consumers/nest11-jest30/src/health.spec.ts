import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { ChannelService, QueueService } from 'nestjs-queue-job';
import { QueueJobHealthIndicator } from 'nestjs-queue-job/terminus';
import { AppModule } from './app.module';
import { Report } from './report.entity';
import { ReportService } from './report.service';
import { DataSource } from 'typeorm';

describe('the health of the application', () => {
  it('is told by terminus, with what is degraded', async () => {
    const module = await Test.createTestingModule({
      imports: [AppModule, TerminusModule.forRoot({ logger: false })],
      providers: [QueueJobHealthIndicator],
    }).compile();
    await module.init();
    const check = () =>
      module.get(HealthCheckService).check([() => module.get(QueueJobHealthIndicator).isHealthy('queue')]);
    expect(await check()).toMatchObject({ status: 'ok', details: { queue: { status: 'up', reasons: [] } } });

    await module.get(ChannelService).pause('root.reports');
    const report = await module.get(DataSource).getRepository(Report).save({ month: 'May' });
    await module.get(QueueService).withDelay(ReportService).write(report);
    // One look answers all probes of a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await check()).toMatchObject({
      details: { queue: { status: 'up', degraded: true, pausedChannels: ['root.reports'] } },
    });
    await module.get(ChannelService).resume('root.reports');
    await module.close();
  }, 60_000);
});
