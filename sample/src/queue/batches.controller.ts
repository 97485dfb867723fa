import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { type Batch, type BatchProgress, BatchService, type BatchState } from 'nestjs-queue-job';

@Controller('queue/batches')
export class BatchesController {
  constructor(private readonly batches: BatchService) {}

  /** The newest first, each with its counts. */
  @Get()
  async list(@Query('state') state?: BatchState): Promise<BatchProgress[]> {
    return this.batches.list({ ...(state && { state }), limit: 20 });
  }

  @Get(':uuid')
  async get(@Param('uuid') uuid: string): Promise<BatchProgress> {
    return (await this.find(uuid)).progress();
  }

  @Post(':uuid/cancel')
  @HttpCode(200)
  async cancel(@Param('uuid') uuid: string): Promise<BatchProgress> {
    const batch = await this.find(uuid);
    await batch.cancel({ by: 'somebody with curl' });
    return batch.progress();
  }

  private async find(uuid: string): Promise<Batch> {
    const batch = await this.batches.find(uuid);
    if (!batch) throw new NotFoundException(`There is no batch ${uuid}.`);
    return batch;
  }
}
