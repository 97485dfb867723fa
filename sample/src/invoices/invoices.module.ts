import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvoiceJobs } from './invoice.jobs.ts';
import { Invoice, InvoiceLine } from './invoice.entity.ts';
import { InvoicesController } from './invoices.controller.ts';
import { MailJobs } from './mail.jobs.ts';

/** Invoices, each written exactly once. */
@Module({
  imports: [TypeOrmModule.forFeature([Invoice, InvoiceLine])],
  controllers: [InvoicesController],
  providers: [InvoiceJobs, MailJobs],
})
export class InvoicesModule {}
