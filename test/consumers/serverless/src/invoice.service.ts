import { Injectable } from '@nestjs/common';
import { Job } from 'nestjs-queue-job';

@Injectable()
export class InvoiceService {
  @Job()
  async send(invoice: number): Promise<string> {
    return `Invoice ${invoice} is sent by ${process.env.ROLE}`;
  }
}
