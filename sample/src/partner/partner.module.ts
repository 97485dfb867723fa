import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { ExportsController } from './exports.controller.ts';
import { PartnerApiController } from './partner-api.controller.ts';
import { PartnerClient } from './partner.client.ts';
import { PartnerJobs } from './partner.jobs.ts';
import { PricesController } from './prices.controller.ts';

/** Products go to a partner over HTTP, who is not always in the mood. */
@Module({
  imports: [CatalogueModule],
  controllers: [ExportsController, PricesController, PartnerApiController],
  providers: [PartnerClient, PartnerJobs],
})
export class PartnerModule {}
