import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { BatchesController } from './batches.controller.ts';
import { ChannelsController } from './channels.controller.ts';
import { JobsController } from './jobs.controller.ts';
import { QueueErrorFilter } from './queue-error.filter.ts';

/** Looks at jobs, batches and channels, and steers them, over HTTP. */
@Module({
  controllers: [JobsController, BatchesController, ChannelsController],
  providers: [{ provide: APP_FILTER, useClass: QueueErrorFilter }],
})
export class QueueStatusModule {}
