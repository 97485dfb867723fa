import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.ts';
import { QueueMonitor } from './console/queue-monitor.ts';
import { endWithSignals, run } from './console/run.ts';
import { ShopLogger } from './console/shop.logger.ts';
import { PostgresModule } from './postgres/postgres.module.ts';

// A process without a web server, which runs jobs beside the shop.
await run(async () => {
  const app = await NestFactory.createApplicationContext(AppModule.on(PostgresModule.forWorker()), {
    logger: new ShopLogger(),
    abortOnError: false,
  });
  endWithSignals(app);
  app.get(QueueMonitor, { strict: false }).start();
});
