import { BadRequestException, Body, Controller, NotFoundException, Param, Put } from '@nestjs/common';
import { QueueService } from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { Product } from '../catalogue/product.entity.ts';
import { type JobView, viewOf } from '../queue/job.view.ts';
import { PartnerJobs } from './partner.jobs.ts';

@Controller('products/:sku/price')
export class PricesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: QueueService,
  ) {}

  /** The price and the job that tells the partner are stored in one transaction: both, or neither. */
  @Put()
  async setPrice(@Param('sku') sku: string, @Body('priceCents') priceCents: unknown): Promise<JobView> {
    if (!Number.isInteger(priceCents) || Number(priceCents) <= 0) {
      throw new BadRequestException('priceCents must be a whole number above 0.');
    }
    return this.dataSource.transaction(async (manager) => {
      const product = await manager.findOneBy(Product, { sku });
      if (!product) throw new NotFoundException(`There is no product ${sku}.`);
      await manager.update(Product, { sku }, { priceCents: Number(priceCents) });
      return viewOf(await this.queue.withDelay(PartnerJobs, { manager }).exportPrice(product));
    });
  }
}
