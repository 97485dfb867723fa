import { chain, type DelayableBuilder, type DelayableJob, type DelayableNode, group } from 'nestjs-queue-job';
import type { Random } from '../random.js';
import { PlainJobs } from './plain.js';
import { ISOLATIONS } from './isolation.js';
import type { CallContext, Workload } from './workload.js';

/** A random graph of chains and groups, and some edges across them. */
export const graphs: Workload = {
  name: 'graphs',
  provider: PlainJobs,
  weight: 2,
  async call(context) {
    const { random, recorder, recent, accepted, dataSource } = context;
    const from = await recorder.now();
    const jobs: DelayableJob[] = [];
    const root = branch(context, jobs, 2);
    for (let more = random.int(0, 3); more > 0; more -= 1) {
      const at = random.int(0, jobs.length - 1);
      const later = random.int(at, jobs.length - 1);
      if (later > at) (jobs[at] as DelayableJob).onDone(jobs[later] as DelayableJob);
    }
    // By itself, or in a transaction of the caller, which reads before that: its snapshot is older than what it stores.
    if (random.chance(0.5)) await root.delay();
    else
      await dataSource.transaction(random.pick(ISOLATIONS), async (manager) => {
        await manager.query('SELECT count(*) FROM chaos_account');
        await root.delay({ manager });
      });
    await accepted(jobs, from);
    if (random.chance(0.3)) recent.push(random.pick(jobs).uuid);
  },
};

function branch(context: CallContext, jobs: DelayableJob[], depth: number): DelayableNode {
  const { random } = context;
  const members = Array.from({ length: random.int(1, 4) }, () =>
    depth > 0 && random.chance(0.3) ? branch(context, jobs, depth - 1) : leaf(context, jobs),
  );
  return (random.chance(0.5) ? chain : group)(...members);
}

function leaf({ queue, random, channels }: CallContext, jobs: DelayableJob[]): DelayableJob {
  const builder: DelayableBuilder<PlainJobs> = queue.delayable(PlainJobs, {
    channel: random.pick(channels),
    ...etaNowAndThen(random),
  });
  const job = builder.work(random.int(0, 40));
  jobs.push(job);
  return job;
}

const etaNowAndThen = (random: Random): object => (random.chance(0.1) ? { eta: random.next() } : {});
