import { Controller, HttpCode, HttpStatus, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { QueueService } from 'nestjs-queue-job';
import { MoreThan, Repository } from 'typeorm';
import { Product } from '../catalogue/product.entity.ts';
import { type JobView, viewOf } from '../queue/job.view.ts';
import { PartnerJobs } from './partner.jobs.ts';

@Controller('exports')
export class ExportsController {
  constructor(
    private readonly queue: QueueService,
    @InjectRepository(Product) private readonly products: Repository<Product>,
  ) {}

  /** Many jobs with one INSERT. */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async exportMany(
    @Query('category') category?: string,
    @Query('soldOut') soldOut?: string,
    @Query('limit') limit = '20',
  ): Promise<JobView[]> {
    const products = await this.products.find({
      where: { ...(category && { category }), stock: soldOut === 'true' ? 0 : MoreThan(0) },
      order: { sku: 'ASC' },
      take: Math.min(Math.max(1, Number(limit) || 20), 1000),
    });
    const exporting = this.queue.delayable(PartnerJobs);
    const jobs = await this.queue.delayAll(products.map((product) => exporting.exportProduct(product)));
    return jobs.map(viewOf);
  }

  /** Somebody waits for this one: it goes before those of the others. */
  @Post(':sku')
  @HttpCode(HttpStatus.ACCEPTED)
  async exportOne(@Param('sku') sku: string): Promise<JobView> {
    const product = await this.products.findOneBy({ sku });
    if (!product) throw new NotFoundException(`There is no product ${sku}.`);
    return viewOf(await this.queue.withDelay(PartnerJobs, { priority: 5 }).exportProduct(product));
  }
}
