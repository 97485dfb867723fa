import { once } from 'node:events';
import { createServer } from 'node:net';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueService } from 'nestjs-queue-job';
import { AppModule } from './app.module.ts';
import { ImportService } from './catalogue/import.service.ts';
import { DATABASE_URL, PORT, SHOP_URL } from './config.ts';
import { QueueMonitor } from './console/queue-monitor.ts';
import { endWithSignals, run } from './console/run.ts';
import { ShopLogger } from './console/shop.logger.ts';
import { terminal } from './console/terminal.ts';
import { Office } from './office/office.ts';
import { PostgresModule } from './postgres/postgres.module.ts';
import { WELCOME } from './what-to-try.ts';

await run(async () => {
  await checkPort();
  terminal.print(DATABASE_URL ? 'Using the PostgreSQL of DATABASE_URL' : 'Starting the embedded PostgreSQL');
  const app = await NestFactory.create(AppModule.on(PostgresModule.forShop()), {
    logger: new ShopLogger(),
    abortOnError: false,
  });
  endWithSignals(app);
  await app.listen(PORT);
  app.get(QueueMonitor, { strict: false }).start();
  await fillCatalogue(app.get(ImportService, { strict: false }), app.get(QueueService, { strict: false }));
  terminal.print(WELCOME);
  const { password } = app.get(Office, { strict: false });
  terminal.print(`The jobs of the shop are at ${SHOP_URL}/queue-jobs, the password is ${password}`);
});

/** On the first start. An import that was interrupted needs nothing: its jobs are still there, and go on. */
async function fillCatalogue(imports: ImportService, queue: QueueService): Promise<void> {
  if (await imports.latest()) return;
  const { import: started, jobs } = await imports.start();
  terminal.print(`Importing ${started.lines.toLocaleString('en')} products in ${jobs.length} jobs`);
  const ends = await Promise.allSettled(jobs.map(async (job) => queue.finished(job)));
  if (ends.every(({ status }) => status === 'fulfilled')) terminal.print('The catalogue is imported');
}

/** Before anything is started for nothing. */
async function checkPort(): Promise<void> {
  const server = createServer().listen(PORT);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
