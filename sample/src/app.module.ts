import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule } from 'nestjs-queue-job';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { ClosingModule } from './closing/closing.module.ts';
import { CHANNELS } from './config.ts';
import { ConsoleModule } from './console/console.module.ts';
import { HomeController } from './home.controller.ts';
import { InvoicesModule } from './invoices/invoices.module.ts';
import { PartnerModule } from './partner/partner.module.ts';
import { PostgresServer } from './postgres/postgres-server.ts';
import { QueueStatusModule } from './queue/queue-status.module.ts';

@Module({
  imports: [
    QueueJobModule.forRoot({
      channels: CHANNELS,
      runner: { concurrency: 10, shutdownTimeout: '10 s' },
      entityUrl: (entity, id) => (entity === 'Invoice' ? `/invoices/${String(id)}` : null),
    }),
    CatalogueModule,
    PartnerModule,
    InvoicesModule,
    ClosingModule,
    QueueStatusModule,
    ConsoleModule,
  ],
  controllers: [HomeController],
})
export class AppModule {
  /** The same modules in the shop and in a worker, where only the server comes from elsewhere. */
  static on(postgres: DynamicModule): DynamicModule {
    const database = TypeOrmModule.forRootAsync({
      imports: [postgres],
      inject: [PostgresServer],
      useFactory: ({ url, makesTables }: PostgresServer) => ({
        type: 'postgres' as const,
        url,
        autoLoadEntities: true,
        // For a sample; the queue's own tables are migrated by its module.
        synchronize: makesTables,
        // A connection for each transactional job that runs at once, and some for requests.
        poolSize: 15,
      }),
    });
    return { module: AppModule, imports: [database] };
  }
}
