import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule } from 'nestjs-queue-job';
import { connectionFields } from '../../support/connection-fields.js';
import { WORKLOADS } from '../workload/workloads.js';
import { Caller } from './caller.js';
import { Recorded } from './recorded.js';
import { Recorder } from './recorder.js';
import type { ProcessSettings } from './settings.js';
import { shiftClock } from './shift-clock.js';

/** A process of a campaign: runs jobs, or asks for them. It ends in order by SIGTERM, or as the campaign wants. */
const settings = JSON.parse(process.env['CHAOS_PROCESS'] ?? '') as ProcessSettings;
shiftClock(settings.skew);
const recorder = new Recorder(settings.directUrl, settings.index);

@Module({
  imports: [
    TypeOrmModule.forRoot({
      ...connectionFields(settings.url),
      applicationName: `chaos ${settings.index}`,
      retryDelay: 300,
      retryAttempts: 100,
    }),
    QueueJobModule.forRoot({ runner: settings.runner, migrate: false }),
  ],
  providers: [
    { provide: Recorder, useValue: recorder },
    Recorded,
    ...new Set(WORKLOADS.map(({ provider }) => provider)),
  ],
})
class NodeModule {}

const app = await NestFactory.createApplicationContext(NodeModule, {
  logger: process.env['CHAOS_LOG'] === undefined ? ['error', 'fatal'] : ['error', 'fatal', 'log', 'warn'],
});
const caller = settings.calls === null ? null : new Caller(app, recorder, settings, settings.calls);
caller?.start();

let ending: Promise<void> | null = null;
async function end(): Promise<void> {
  await caller?.stop();
  await app.close();
  await recorder.close();
  // As most applications do: a method that went on after its signal ends with the process.
  process.exit(0);
}
process.on('SIGTERM', () => void (ending ??= end()));
process.on('message', (message: { calls?: boolean }) => {
  if (message.calls === false) void caller?.stop().then(() => process.send?.({ quiet: true }));
});
// Without the campaign nobody would end this process.
process.on('disconnect', () => process.exit(1));
process.send?.({ ready: true });
