import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule } from 'nestjs-queue-job';
import { QueueJobDashboardModule } from 'nestjs-queue-job/dashboard';
import { AppController } from './app.controller.js';
import { dataSource } from './data-source.js';
import { Report } from './report.entity.js';
import { ReportService } from './report.service.js';

const lease = process.env.LEASE_MS;

@Module({
  imports: [
    TypeOrmModule.forRoot(dataSource),
    TypeOrmModule.forFeature([Report]),
    QueueJobModule.forRoot({
      channels: 'root:20, root.reports:2',
      runner: lease === undefined ? {} : { listen: false, leaseDuration: Number(lease), pollInterval: 200 },
    }),
    QueueJobDashboardModule.forRoot({ path: 'admin/jobs', allowAnonymous: true }),
  ],
  controllers: [AppController],
  providers: [ReportService],
})
export class AppModule {}
