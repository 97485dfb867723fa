import {
  Body,
  Controller,
  Get,
  HttpCode,
  HttpStatus,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { QueueService } from 'nestjs-queue-job';
import { Repository } from 'typeorm';
import { type JobView, viewOf } from '../queue/job.view.ts';
import { InvoiceJobs } from './invoice.jobs.ts';
import { Invoice } from './invoice.entity.ts';
import { readOrder } from './order.ts';

@Controller('invoices')
export class InvoicesController {
  constructor(
    private readonly queue: QueueService,
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
  ) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async write(@Body() body: unknown): Promise<JobView> {
    return viewOf(await this.queue.withDelay(InvoiceJobs).write(readOrder(body)));
  }

  @Get()
  async list(): Promise<Invoice[]> {
    return this.invoices.find({ relations: { lines: true }, order: { id: 'DESC' }, take: 50 });
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number): Promise<Invoice> {
    const invoice = await this.invoices.findOne({ where: { id }, relations: { lines: true } });
    if (!invoice) throw new NotFoundException(`There is no invoice ${id}.`);
    return invoice;
  }
}
