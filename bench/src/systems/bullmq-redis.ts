import { FlowProducer, Queue, Worker } from 'bullmq';
import { BullMqSystem, CONCURRENCY, QUEUE, TICKS } from './bullmq.ts';
import type { Payload, Role, System } from './system.ts';

export async function open(role: Role): Promise<System> {
  // https://docs.bullmq.io/guide/connections
  const { hostname, port } = new URL(role.url);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue<Payload, void>(QUEUE, { connection });
  await queue.waitUntilReady();
  return new BullMqSystem(role, {
    queue,
    flows: () => new FlowProducer({ connection }),
    worker: (run) =>
      new Worker<Payload, void>(QUEUE, run, { connection, concurrency: CONCURRENCY, autorun: false }),
    ticking: (run) => ({
      queue: new Queue(TICKS, { connection }),
      worker: new Worker(TICKS, run, { connection, concurrency: CONCURRENCY, autorun: false }),
    }),
    migrate: async () => undefined,
  });
}
