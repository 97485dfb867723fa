import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { QueueJobModule, QueueService } from 'nestjs-queue-job';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../sample/src/embedded-postgres.js';
import { connectionFields } from '../support/connection-fields.js';
import { allowTables, createRole } from '../support/role.js';
import { judge, percentile } from './bounds.js';
import { LoadJobs } from './jobs.js';
import { loadOptions } from './options.js';
import { Producer } from './producer.js';
import { type Sample, takeSample } from './sample.js';

/** Ended jobs are kept so long, in milliseconds; a round of removal begins every 60 s. */
const REMOVAL_MS = 20_000;
const ROUND_MS = 60_000;
const BETWEEN_MS = 5_000;

const options = loadOptions(process.argv.slice(2));
const server = await EmbeddedPostgres.start({ settings: { max_connections: '100' } });
const url = await createRole(server.url, 'load');
await allowTables(server.url, url);

@Module({
  imports: [
    TypeOrmModule.forRoot(connectionFields(url)),
    QueueJobModule.forRoot({ runner: false, channels: 'root.limited:8', removalInterval: REMOVAL_MS }),
  ],
  providers: [LoadJobs],
})
class ProducerModule {}

const app = await NestFactory.createApplicationContext(ProducerModule, { logger: ['error', 'fatal'] });
const children = Array.from({ length: options.processes }, (_, at) =>
  fork(join(import.meta.dirname, 'process.js'), {
    execArgv: ['--expose-gc'],
    env: {
      ...process.env,
      LOAD_PROCESS: JSON.stringify({ url, name: `load ${at + 1}`, removalInterval: REMOVAL_MS }),
    },
  }),
);
await Promise.all(children.map(async (child) => once(child, 'message')));
const client = new Client({ connectionString: server.url });
await client.connect();

console.log(`${options.jobs} jobs in ${options.minutes} min, ${options.processes} processes`);
console.log(
  '   s      made      done  alive  RSS MB         heap MB     conn.   MB with indexes          dead   p50   p99 ms',
);
const begun = Date.now();
const producer = new Producer(app.get(QueueService), options.jobs, options.minutes * 60_000);
const producing = producer.run();
const samples: Sample[] = [];
for (let more = true; more;) {
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  const at = Math.round((Date.now() - begun) / 1_000);
  const sample = await takeSample(client, children, {
    at,
    made: producer.made,
    keptFor: REMOVAL_MS + 2 * ROUND_MS,
  });
  samples.push(sample);
  print(sample);
  more = producer.made < options.jobs || sample.living > 0;
}
await producing;
for (const child of children) child.send('close');
await Promise.all(children.map(async (child) => once(child, 'exit')));
await client.end();
await app.close();
await server.stop();

const verdicts = judge(samples, options.jobs);
console.log('');
for (const { says, holds, figures } of verdicts)
  console.log(`${holds ? 'holds ' : 'BROKEN'}  ${says}: ${figures}`);
process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;

function print({ at, made, done, living, rss, heap, connections, sizes, dead, pickups }: Sample): void {
  const list = (values: readonly number[]): string => values.map((value) => Math.round(value)).join('/');
  const allDead = Object.values(dead).reduce((sum, one) => sum + one, 0);
  const cells = [
    String(at).padStart(4),
    String(made).padStart(9),
    String(done).padStart(9),
    String(living).padStart(6),
    list(rss).padEnd(14),
    list(heap).padEnd(11),
    list(connections).padEnd(7),
    list(Object.values(sizes)).padEnd(20),
    String(allDead).padStart(8),
    percentile(pickups, 0.5).toFixed(1).padStart(5),
    percentile(pickups, 0.99).toFixed(1).padStart(6),
  ];
  console.log(cells.join(' '));
}
