import { Injectable, Logger } from '@nestjs/common';
import { Job } from 'nestjs-queue-job';
import type { Invoice } from './invoice.entity.ts';

@Injectable()
export class MailJobs {
  private readonly logger = new Logger('Mail');

  /** A mail can't be taken back by a rollback: that is why it has a job of its own, after the commit. */
  @Job({
    defaultChannel: 'root.mail',
    description: (invoice: Invoice) => `Mail invoice ${invoice.id} to ${invoice.email}`,
  })
  async sendInvoice({ id, email, totalCents }: Invoice): Promise<void> {
    this.logger.log(`To ${email}: your invoice ${id}, ${(totalCents / 100).toFixed(2)} €`);
  }
}
