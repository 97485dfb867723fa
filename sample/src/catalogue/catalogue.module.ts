import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CatalogueFile } from './catalogue-file.ts';
import { CatalogueImport } from './catalogue-import.entity.ts';
import { CatalogueJobs } from './catalogue.jobs.ts';
import { ImportService } from './import.service.ts';
import { ImportsController } from './imports.controller.ts';
import { Product } from './product.entity.ts';
import { ProductsController } from './products.controller.ts';

/** Products, and their import from a CSV file. */
@Module({
  imports: [TypeOrmModule.forFeature([Product, CatalogueImport])],
  controllers: [ProductsController, ImportsController],
  providers: [CatalogueFile, CatalogueJobs, ImportService],
  exports: [TypeOrmModule, ImportService],
})
export class CatalogueModule {}
