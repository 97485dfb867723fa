import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  currentJob,
  identityExact,
  Job,
  type QueueJob,
  RelatedAction,
  type RelatedActionResult,
} from 'nestjs-queue-job';
import { Repository } from 'typeorm';
import { Product } from '../catalogue/product.entity.ts';
import { PartnerClient } from './partner.client.ts';

/** Seconds after a 503: 1 or 2 at first, 5 from the fourth try. */
const RETRY_PATTERN = { 1: [1, 2], 4: 5 } as const;

/** A product travels as a reference, and is read again when the job runs: the partner gets what holds then. */
@Injectable()
export class PartnerJobs {
  constructor(
    private readonly partner: PartnerClient,
    @InjectRepository(Product) private readonly products: Repository<Product>,
  ) {}

  @Job({
    defaultChannel: 'root.partner',
    retryPattern: RETRY_PATTERN,
    maxRetries: 10,
    timeout: '10 s',
    identityKey: identityExact,
    description: (product: Product) => `Export ${product.sku} to the partner`,
  })
  @RelatedAction({ action: 'openProduct' })
  async exportProduct({ sku, name, priceCents, stock }: Product): Promise<void> {
    const job = currentJob();
    await this.partner.put(sku, { name, priceCents, stock }, job.signal);
    await this.products.update({ sku }, { exportedAt: new Date() });
    job.log('The partner took it', { priceCents, stock });
  }

  /** In a channel that starts one a second. While one waits, further changes of the price need no job of their own. */
  @Job({
    defaultChannel: 'root.partner.prices',
    retryPattern: RETRY_PATTERN,
    maxRetries: 10,
    timeout: '10 s',
    identityKey: identityExact,
    description: (product: Product) => `Tell the partner the price of ${product.sku}`,
  })
  @RelatedAction({ action: 'openProduct' })
  async exportPrice({ sku, priceCents }: Product): Promise<number> {
    await this.partner.put(sku, { priceCents }, currentJob().signal);
    return priceCents;
  }

  openProduct(job: QueueJob): RelatedActionResult | null {
    const product = job.args[0] as Product | null;
    return product && { label: product.name, url: `/products/${product.sku}` };
  }
}
