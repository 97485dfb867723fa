import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import { BullMqSystem, CONCURRENCY, QUEUE, TICKS } from './bullmq.ts';
import type { Payload, Role, System } from './system.ts';

/** https://docs.bullmq.io/guide/postgresql */
export async function open(role: Role): Promise<System> {
  const { Queue, Worker, FlowProducer } = withBackend(createPostgresBackend);
  // "Tuning tips": enough connections for the concurrency.
  const options = { connection: { connectionString: role.url, max: CONCURRENCY + 1 } };
  // "Migrations": from one step of the deployment; no class can be made before.
  const migrate = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: role.url });
    await client.connect();
    await runMigrations(client);
    await client.end();
  };
  await migrate();
  const queue = new Queue<Payload, void>(QUEUE, options);
  await queue.waitUntilReady();
  return new BullMqSystem(role, {
    queue,
    flows: () => new FlowProducer(options),
    worker: (run) =>
      new Worker<Payload, void>(QUEUE, run, { ...options, concurrency: CONCURRENCY, autorun: false }),
    ticking: (run) => ({
      queue: new Queue(TICKS, options),
      worker: new Worker(TICKS, run, { ...options, concurrency: CONCURRENCY, autorun: false }),
    }),
    migrate: async () => undefined,
  });
}
