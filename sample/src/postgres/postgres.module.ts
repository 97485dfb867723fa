import { type DynamicModule, Module } from '@nestjs/common';
import { PostgresServer } from './postgres-server.ts';

@Module({})
export class PostgresModule {
  static forShop(): DynamicModule {
    return PostgresModule.providing(() => PostgresServer.start());
  }

  static forWorker(): DynamicModule {
    return PostgresModule.providing(() => PostgresServer.find());
  }

  private static providing(useFactory: () => Promise<PostgresServer>): DynamicModule {
    return {
      module: PostgresModule,
      providers: [{ provide: PostgresServer, useFactory }],
      exports: [PostgresServer],
    };
  }
}
