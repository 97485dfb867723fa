import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { QueueMonitor } from './queue-monitor.ts';

@Module({ imports: [CatalogueModule], providers: [QueueMonitor] })
export class ConsoleModule {}
