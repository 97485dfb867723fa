import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule } from 'nestjs-queue-job';
import { connectionFields } from '../support/connection-fields.js';
import { LoadJobs } from './jobs.js';

/** What a process tells of itself when it is asked. */
export interface ProcessSample {
  readonly done: number;
  /** MB. */
  readonly rss: number;
  /** MB, after a collection. */
  readonly heap: number;
  /** Milliseconds from a call to its start, since the last time. */
  readonly pickups: readonly number[];
}

/** One process under load. */
const { url, name, removalInterval } = JSON.parse(process.env['LOAD_PROCESS'] ?? '') as {
  url: string;
  name: string;
  removalInterval: number;
};

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...connectionFields(url), applicationName: name }),
    QueueJobModule.forRoot({ migrate: false, removalInterval, runner: { concurrency: 20 } }),
  ],
  providers: [LoadJobs],
})
class ProcessModule {}

const app = await NestFactory.createApplicationContext(ProcessModule, { logger: ['error', 'fatal'] });
const jobs = app.get(LoadJobs);
const MB = 1024 * 1024;

process.on('message', (message: 'sample' | 'close') => {
  if (message === 'close') {
    void app.close().then(() => process.exit(0));
    return;
  }
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { done, pickups } = jobs;
  jobs.pickups = [];
  process.send?.({ done, rss: rss / MB, heap: heapUsed / MB, pickups } satisfies ProcessSample);
});
// Without its parent nobody would end this process.
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
