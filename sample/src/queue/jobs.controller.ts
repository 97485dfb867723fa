import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { type JobState, QueueService } from 'nestjs-queue-job';
import { type JobView, viewOf } from './job.view.ts';

/** The queue checks what it is given; what it refuses, QueueErrorFilter answers. */
@Controller('queue')
export class JobsController {
  constructor(private readonly queue: QueueService) {}

  @Get('counts')
  async counts(): Promise<Record<JobState, number>> {
    return this.queue.counts();
  }

  /** The newest first; the next page begins `before` the last of this one. */
  @Get('jobs')
  async list(
    @Query('state') state?: JobState,
    @Query('channel') channel?: string,
    @Query('name') name?: string,
    @Query('before') before?: string,
  ): Promise<JobView[]> {
    const filter = {
      ...(state && { state }),
      ...(channel && { channel }),
      ...(name && { name }),
      ...(before && { before }),
    };
    return (await this.queue.list({ ...filter, limit: 50 })).map(viewOf);
  }

  @Get('jobs/:uuid')
  async get(@Param('uuid') uuid: string): Promise<object> {
    const job = await this.queue.find(uuid);
    if (!job) throw new NotFoundException(`There is no job ${uuid}.`);
    const [attempts, logs, relatedAction] = await Promise.all([
      this.queue.attempts(uuid),
      this.queue.logs(uuid),
      this.queue.relatedAction(uuid),
    ]);
    return { ...viewOf(job), call: job.funcString, relatedAction, attempts, logs };
  }

  @Post('jobs/:uuid/requeue')
  @HttpCode(200)
  async requeue(@Param('uuid') uuid: string): Promise<JobView> {
    return viewOf(await this.queue.requeue(uuid));
  }

  @Post('jobs/:uuid/cancel')
  @HttpCode(200)
  async cancel(@Param('uuid') uuid: string): Promise<JobView> {
    return viewOf(await this.queue.cancel(uuid, { by: 'somebody with curl' }));
  }
}
