import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { Closing } from './closing.entity.ts';
import { ClosingJobs } from './closing.jobs.ts';
import { ClosingSchedule } from './closing.schedule.ts';
import { ClosingService } from './closing.service.ts';
import { ClosingsController } from './closings.controller.ts';

/** The nightly close: a graph over all products, watched as a batch. */
@Module({
  imports: [CatalogueModule, TypeOrmModule.forFeature([Closing])],
  controllers: [ClosingsController],
  providers: [ClosingJobs, ClosingSchedule, ClosingService],
})
export class ClosingModule {}
