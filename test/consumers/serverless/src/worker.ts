// The process that stays alive: it creates the tables and runs the jobs.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule, QueueService } from 'nestjs-queue-job';
import { InvoiceService } from './invoice.service';

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL }),
    QueueJobModule.forRoot(),
  ],
  providers: [InvoiceService],
})
class WorkerModule {}

async function start(): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule);
  app.enableShutdownHooks();
  const queue = app.get(QueueService);
  process.on('message', (uuid: string) => {
    queue.finished<string>(uuid, { timeout: '30 s' }).then(
      (result) => process.send?.({ result }),
      (error: Error) => process.send?.({ error: error.stack }),
    );
  });
  process.send?.({ ready: true });
}
void start();
