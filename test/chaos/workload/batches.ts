import { Injectable } from '@nestjs/common';
import {
  type Batch,
  BatchClosedError,
  type BatchOptions,
  BatchService,
  chain,
  currentJob,
  type DelayableBuilder,
  type DelayableNode,
  group,
  Job,
  QueueService,
} from 'nestjs-queue-job';
import { Recorded } from '../process/recorded.js';
import type { Random } from '../random.js';
import type { CallContext, Workload } from './workload.js';

const AGAIN = { maxRetries: 0, retryOn: 'any', retryPattern: { 1: 0 } } as const;

@Injectable()
export class BatchJobs {
  constructor(
    private readonly recorded: Recorded,
    private readonly queue: QueueService,
    private readonly batches: BatchService,
  ) {}

  @Job({ maxRetries: 0 })
  async member(ms: number): Promise<void> {
    await this.recorded.last(ms, true);
  }

  /** Fails for good, also where its node dies, until somebody decides. */
  @Job({ maxRetries: 1 })
  async luckless(ms: number): Promise<void> {
    await this.recorded.last(ms);
    if (Math.random() < 0.5) throw new Error('not this time');
  }

  /** Adds to its own batch; once more if it is retried. */
  @Job({ maxRetries: 0 })
  async read(members: number, close: boolean): Promise<void> {
    await this.recorded.run(async () => this.add(members, close));
  }

  /** The same in its transaction: what it adds, its closing and its end are there together, or not at all. */
  @Job({ transactional: true, ...AGAIN })
  async readAtOnce(members: number, close: boolean): Promise<void> {
    await this.recorded.run(async () => this.add(members, close));
  }

  /** The callback. Its effect commits with it. */
  @Job({ transactional: true, ...AGAIN })
  async told(_batch: string, _event: string): Promise<void> {
    await this.recorded.run(async () => {
      const { job, manager } = currentJob();
      await manager.query('INSERT INTO chaos_effect VALUES ($1)', [job.uuid]);
    });
  }

  private async add(members: number, close: boolean): Promise<void> {
    const batch = await this.batches.current();
    const build = this.queue.delayable(BatchJobs);
    try {
      for (let left = members; left > 0; left -= 1) await batch?.add(build.member(left));
      if (close) await batch?.close();
    } catch (error) {
      // Somebody has cancelled the batch meanwhile, or this is a retry after all of it.
      if (!(error instanceof BatchClosedError)) throw error;
    }
  }
}

/** Batches: stored whole, filled over time, filled by their own members; cancelled, and opened again by a requeue. */
export const batchCalls: Workload = {
  name: 'batches',
  provider: BatchJobs,
  weight: 3,
  async call(context) {
    const { queue, batches, random, dataSource } = context;
    const kind = random.next();
    if (kind < 0.3) return steer(context);
    const from = await context.recorder.now();
    const name = `batch ${from.getTime()}`;
    if (kind < 0.55) {
      const jobs = several(context);
      const batch = random.chance(0.5)
        ? await batches.create(name, { jobs, ...callbacks(context) })
        : // (At a stricter level its callbacks come with the follow-up, which the replay does not know.)
          await dataSource.transaction(async (manager) => {
            await manager.query('SELECT count(*) FROM chaos_account');
            return batches.create(name, { jobs, ...callbacks(context), manager });
          });
      return accepted(context, from, batch, jobs);
    }
    const batch = await batches.create(name, callbacks(context));
    for (let times = random.int(0, 3); times > 0; times -= 1) {
      const jobs = several(context);
      await batch.add(jobs);
      await accepted(context, from, batch, jobs);
    }
    if (kind < 0.75) {
      const build = queue.delayable(BatchJobs, { channel: random.pick(context.channels) });
      const reader = build[random.pick(['read', 'readAtOnce'] as const)](
        random.int(0, 6),
        random.chance(0.8),
      );
      await batch.add(reader);
      return accepted(context, from, batch, [reader]);
    }
    // What nobody closes is closed when the campaign is over.
    if (random.chance(0.9)) await batch.close();
  },
};

/** One of the latest batches is cancelled, or some of its members are, or are requeued when they have ended. */
async function steer({ queue, batches, random }: CallContext): Promise<void> {
  const latest = await batches.list({ limit: 30 });
  if (latest.length === 0) return;
  const { uuid } = random.pick(latest);
  const kind = random.next();
  if (kind < 0.15) return (await batches.find(uuid))?.cancel({ by: 'the campaign' });
  const members = await queue.list({ batchUuid: uuid });
  if (kind < 0.5) {
    const living = members.filter(({ state }) => state !== 'done' && state !== 'cancelled');
    if (living.length > 0) await queue.cancel(random.pick(living).uuid, { by: 'the campaign' });
    return;
  }
  // In a graph, what was cancelled with it would wait for ever for those that are not requeued.
  const ended = members.filter(
    ({ state, graphUuid }) => graphUuid === null && (state === 'done' || state === 'cancelled'),
  );
  for (let times = Math.min(ended.length, random.int(1, 3)); times > 0; times -= 1)
    await queue.requeue((ended.splice(random.int(0, ended.length - 1), 1)[0] as { uuid: string }).uuid);
}

function callbacks({ queue, random, channels }: CallContext): BatchOptions {
  const told =
    (event: string) =>
    ({ uuid }: { uuid: string }) =>
      queue
        .delayable(BatchJobs, {
          channel: random.pick(channels),
          ...(random.chance(0.2) ? { identityKey: `told of ${event}` } : {}),
        })
        .told(uuid, event);
  return {
    ...(random.chance(0.9) ? { onDone: told('done') } : {}),
    ...(random.chance(0.8) ? { onSuccess: told('success') } : {}),
    ...(random.chance(0.8) ? { onFailure: told('failure') } : {}),
    ...(random.chance(0.5)
      ? { onProgress: told('progress'), progressStep: random.pick([5, 10, 25, 100]) }
      : {}),
  };
}

function several({ queue, random, channels }: CallContext): DelayableNode[] {
  return Array.from({ length: random.int(0, 6) }, () => {
    const builder = queue.delayable(BatchJobs, { channel: random.pick(channels) });
    const size = random.chance(0.3) ? random.int(2, 4) : 1;
    const jobs = Array.from({ length: size }, () => one(builder, random));
    return size === 1 ? (jobs[0] as DelayableNode) : (random.chance(0.5) ? chain : group)(...jobs);
  });
}

const one = (builder: DelayableBuilder<BatchJobs>, random: Random): DelayableNode =>
  random.chance(0.2) ? builder.luckless(random.int(0, 30)) : builder.member(random.int(0, 60));

async function accepted(
  context: CallContext,
  from: Date,
  { uuid }: Batch,
  nodes: readonly DelayableNode[],
): Promise<void> {
  await context.accepted(
    nodes.flatMap((node) => node.jobs()),
    from,
    { batch: uuid },
  );
}
