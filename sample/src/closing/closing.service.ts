import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Batch, type BatchProgress, BatchService, chain, group, QueueService } from 'nestjs-queue-job';
import { DataSource, Repository } from 'typeorm';
import { Product } from '../catalogue/product.entity.ts';
import { Closing } from './closing.entity.ts';
import { ClosingJobs } from './closing.jobs.ts';

const PRODUCTS_PER_JOB = 500;

/** A closing and how far it is. */
export interface ClosingView {
  readonly closing: Closing;
  readonly progress: BatchProgress;
}

@Injectable()
export class ClosingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: QueueService,
    private readonly batches: BatchService,
    @InjectRepository(Product) private readonly products: Repository<Product>,
    @InjectRepository(Closing) private readonly closings: Repository<Closing>,
  ) {}

  /**
   * The stock in parts beside each other, then each category out of all parts, then the whole; all of it a batch, which is
   * stored together with the closing, or not at all.
   */
  async start(day: string): Promise<ClosingView> {
    const products = await this.products.find({ order: { sku: 'ASC' } });
    const categories = [...new Set(products.map(({ category }) => category))];
    const id = randomUUID();
    const jobs = this.queue.delayable(ClosingJobs);
    const closing = await this.dataSource.transaction(async (manager) => {
      const begun = manager.create(Closing, { id, day });
      const batch = await this.batches.create(`Closing of ${day}`, {
        manager,
        jobs: [
          chain(
            jobs.valueStock(products).split(PRODUCTS_PER_JOB),
            group(...categories.map((category) => jobs.valueCategory(category))),
            jobs.close(begun),
          ),
        ],
        onDone: ({ uuid }) => jobs.announce(uuid),
      });
      begun.batchUuid = batch.uuid;
      return manager.save(begun);
    });
    return this.view(closing);
  }

  async latest(): Promise<ClosingView | null> {
    const [latest] = await this.closings.find({ order: { createdAt: 'DESC' }, take: 1 });
    return latest ? this.view(latest) : null;
  }

  private async view({ id, batchUuid }: Closing): Promise<ClosingView> {
    const batch = (await this.batches.find(batchUuid)) as Batch;
    const progress = await batch.progress();
    // Read after the progress: a closing that is told to have ended has its value.
    return { closing: await this.closings.findOneByOrFail({ id }), progress };
  }
}
