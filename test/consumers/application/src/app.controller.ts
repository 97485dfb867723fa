import { Controller, Get, Param, Post } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { QueueService } from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { Report } from './report.entity.js';
import { ReportService } from './report.service.js';

@Controller('reports')
export class AppController {
  constructor(
    private readonly queue: QueueService,
    private readonly reports: ReportService,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  /** The report and its job are stored together. */
  @Post(':month')
  async order(@Param('month') month: string): Promise<{ uuid: string }> {
    return this.dataSource.transaction(async (manager) => {
      const report = await manager.save(Report, { month });
      const { uuid } = await this.queue
        .withDelay(this.reports, { manager })
        .write(manager.create(Report, report));
      return { uuid };
    });
  }

  @Get(':uuid')
  async read(@Param('uuid') uuid: string): Promise<{ text: string }> {
    return { text: await this.queue.finished<string>(uuid, { timeout: '20 s' }) };
  }
}
