import { setTimeout as pause } from 'node:timers/promises';
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BatchService, ChannelService, QueueJobModule, QueueService } from 'nestjs-queue-job';
import { connectionFields } from '../support/connection-fields.js';
import { allowTables, createRole } from '../support/role.js';
import { Campaign } from './campaign.js';
import { ChaosServer } from './chaos-server.js';
import { readHistory } from './history.js';
import { chaosOptions } from './options.js';
import { Recorder } from './process/recorder.js';
import { Random } from './random.js';
import { report } from './report.js';
import { SCHEMA, TRIGGERS } from './schema.js';
import { Steering } from './actions.js';
import { randomTree } from './tree.js';
import { Watch } from './watch.js';
import { WORKLOADS } from './workload/workloads.js';

/** When the faults are over, so long may pass without any progress, in milliseconds. */
const PATIENCE_MS = 60_000;
const PROGRESS_MS = 5_000;

const options = chaosOptions(process.argv.slice(2));
const { seed, seconds } = options;
console.log(
  `Seed ${seed}, ${seconds} s, ${options.workers} workers, ${options.callers} callers${options.standby ? ', a standby' : ''}`,
);
console.log(`Work: ${WORKLOADS.map(({ name }) => name).join(', ')}`);

const random = new Random(seed);
const tree = randomTree(random);
const server = await ChaosServer.start(options.standby);
// The processes may do no more than an application's; what is done to the server is done by its superuser.
const url = await createRole(server.url, 'chaos');
await allowTables(server.url, url);
const direct = new Recorder(server.url, -1);

@Module({
  imports: [
    TypeOrmModule.forRoot(connectionFields(url)),
    QueueJobModule.forRoot({ runner: false, channels: tree.channels }),
  ],
})
class SteeringModule {}

const app = await NestFactory.createApplicationContext(SteeringModule, { logger: ['fatal'] });
await direct.ask(SCHEMA);
await direct.ask(TRIGGERS);
await direct.ask('GRANT ALL ON ALL TABLES IN SCHEMA public TO chaos');
await direct.ask('GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO chaos');
const campaign = new Campaign(options, random, { server, url }, direct, tree);
const steering = new Steering(
  app.get(QueueService),
  app.get(BatchService),
  app.get(ChannelService),
  direct,
  random,
  tree.limited,
);
const watch = new Watch(direct);
// Some may be stopped at that moment, and would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    campaign.abandon();
    process.exit(1);
  });
}
await campaign.start();
steering.start();
watch.start();

const begun = Date.now();
const progress = setInterval(() => void tell(), PROGRESS_MS);

await campaign.strikeUntil(begun + seconds * 1_000);
console.log('The faults are over: all that was accepted comes to its end');
steering.stopChanges();
await campaign.quiet();
steering.closeBatches();
const drained = await drain();
await campaign.stop();
await steering.stop();
await watch.stop();
const batches = await steering.allBatches();
clearInterval(progress);
await app.close();
const leftovers = await watch.leftovers();
const history = await readHistory(direct, {
  faults: campaign.faults,
  participants: campaign.all.map(({ index, child, endedAt }) => ({
    index,
    pid: child.pid ?? 0,
    endedAt: endedAt ?? Infinity,
  })),
  capacities: [
    ...tree.channels.map(({ name, capacity }) => ({
      channel: name,
      capacity: capacity ?? 1,
      begun: 0,
      done: 0,
    })),
    ...steering.changes,
  ],
  batches,
});
await direct.close();
await server.stop();

const violations = report(history, {
  'What waits and what has ended is in order at every look': watch.violations,
  'When the faults are over, all comes to its end, with never a minute without progress': drained,
  'Nothing is left when all processes have stopped': leftovers,
  'No process ends by itself, and each ends when it is told to': campaign.crashes,
});
const [complaint] = campaign.failedStarts;
if (complaint !== undefined)
  console.log(
    `\n${campaign.failedStarts.length} starts failed while something was wrong, as in\n${complaint}`,
  );
console.log(`\n${violations} violations. Seed ${seed}`);
process.exitCode = violations === 0 ? 0 : 1;

async function tell(): Promise<void> {
  const { living, ended, runs, nodes } = await watch.totals();
  const s = Math.round((Date.now() - begun) / 1_000);
  console.log(
    `${String(s).padStart(4)} s  ${ended} ended, ${living} alive, ${runs} attempts, ${campaign.faults.length} faults, ` +
      `${nodes} nodes, ${watch.violations.length} violations so far`,
  );
  if (living > 0 && living <= 3) console.log(`        left: ${JSON.stringify(await watch.living())}`);
  if (options.verbose) console.log(`        nodes: ${(await watch.nodes()).join(', ')}`);
  for (const line of await watch.blocked()) console.log(`        ${line.replaceAll(/\s+/g, ' ')}`);
}

/** Answers with what is left after that time. */
async function drain(): Promise<string[]> {
  let before = '';
  for (let until = Infinity; ;) {
    const totals = await watch.totals();
    const { living, nodes, batches: open } = totals;
    if (JSON.stringify(totals) !== before) until = Date.now() + PATIENCE_MS;
    before = JSON.stringify(totals);
    const workers = campaign.members.filter((member) => member.isWorker && member.alive).length;
    if (living === 0 && open === 0 && nodes === workers) return [];
    if (Date.now() > until) {
      const left = JSON.stringify(await watch.living());
      return [`${living} jobs and ${open} batches go on, and ${nodes} nodes of ${workers} workers: ${left}`];
    }
    await pause(200);
  }
}
