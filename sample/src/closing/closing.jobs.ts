import { Injectable, Logger } from '@nestjs/common';
import { BatchService, currentJob, Job } from 'nestjs-queue-job';
import type { Product } from '../catalogue/product.entity.ts';
import { Closing } from './closing.entity.ts';

const defaultChannel = 'root.closing';

@Injectable()
export class ClosingJobs {
  private readonly logger = new Logger('Closing');

  constructor(private readonly batches: BatchService) {}

  /** The products are read again, all of a part in one query: what counts is the stock when this runs. */
  @Job({ defaultChannel, description: 'Value the stock' })
  async valueStock(products: readonly Product[]): Promise<Record<string, number>> {
    const cents: Record<string, number> = {};
    for (const { category, priceCents, stock } of products) {
      cents[category] = (cents[category] ?? 0) + priceCents * stock;
    }
    return Promise.resolve(cents);
  }

  /** Out of all the parts. */
  @Job({ defaultChannel, description: (category: string) => `Value of ${category}` })
  async valueCategory(category: string): Promise<number> {
    const parts = (await currentJob().parentResults()) as Record<string, number>[];
    return parts.reduce((sum, cents) => sum + (cents[category] ?? 0), 0);
  }

  @Job({ defaultChannel, transactional: true, description: ({ day }: Closing) => `Close ${day}` })
  async close({ id }: Closing): Promise<number> {
    const { manager, parentResults } = currentJob();
    const categories = (await parentResults()) as number[];
    const stockCents = categories.reduce((sum, cents) => sum + cents, 0);
    await manager.update(Closing, { id }, { stockCents });
    return stockCents;
  }

  /** Whether all went well or not: nobody has to look whether the night's work is done. */
  @Job({ defaultChannel: 'root.mail', description: 'Tell how the closing went' })
  async announce(batchUuid: string): Promise<void> {
    const batch = await this.batches.find(batchUuid);
    if (!batch) return;
    const { name, counts, total } = await batch.progress();
    this.logger.log(`${name}: ${counts.done} of ${total} jobs are done, ${counts.failed} have failed`);
  }
}
