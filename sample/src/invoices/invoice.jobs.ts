import { Injectable } from '@nestjs/common';
import { currentJob, Job, NothingToDoJob, QueueService } from 'nestjs-queue-job';
import { type EntityManager, In } from 'typeorm';
import { Product } from '../catalogue/product.entity.ts';
import { Invoice, InvoiceLine } from './invoice.entity.ts';
import { MailJobs } from './mail.jobs.ts';
import type { Order } from './order.ts';

@Injectable()
export class InvoiceJobs {
  constructor(private readonly queue: QueueService) {}

  /** The invoice, its lines, the mail to be sent and the end of this job: all of it is there, or none. */
  @Job({
    defaultChannel: 'root.invoices',
    transactional: true,
    identityKey: ({ args: [order] }) => `invoice of order ${order.number}`,
    description: (order: Order) => `Write the invoice of order ${order.number}`,
  })
  async write(order: Order): Promise<{ invoice: number; totalCents: number }> {
    const { manager } = currentJob();
    const earlier = await manager.findOneBy(Invoice, { order: order.number });
    if (earlier) throw new NothingToDoJob(`Invoice ${earlier.id} was written for order ${order.number}`);

    const lines = await linesOf(order, manager);
    const totalCents = lines.reduce((total, { quantity, priceCents }) => total + quantity * priceCents, 0);
    const { number, email } = order;
    const invoice = await manager.save(manager.create(Invoice, { order: number, email, totalCents, lines }));

    // In a transactional job, without being told, in its transaction.
    await this.queue.withDelay(MailJobs).sendInvoice(invoice);
    return { invoice: invoice.id, totalCents };
  }
}

async function linesOf(order: Order, manager: EntityManager): Promise<InvoiceLine[]> {
  const found = await manager.findBy(Product, { sku: In(order.lines.map(({ sku }) => sku)) });
  const products = new Map(found.map((product) => [product.sku, product]));
  return order.lines.map(({ sku, quantity }) => {
    const product = products.get(sku);
    if (!product) throw new Error(`Order ${order.number} has ${sku}, which is not in the catalogue`);
    return manager.create(InvoiceLine, {
      sku,
      quantity,
      name: product.name,
      priceCents: product.priceCents,
    });
  });
}
