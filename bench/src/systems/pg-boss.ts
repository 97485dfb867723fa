import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Job, PgBoss } from 'pg-boss';
import { NOTE } from './fill-sql.ts';
import type { Handler, OpenSystem, Payload, Role, Seed, System, WorkRole } from './system.ts';
import { TickLog } from './tick-log.ts';

const QUEUE = 'bench';
const TICKS = 'ticks';
/** Cron of pg-boss has minutes, and a tick is sent within one or not at all. */
const MINUTE_MS = 60_000;
/** As for the other systems. https://pgboss.io/api/constructor, `max`. */
const POOL_SIZE = 25;
/** https://pgboss.io/api/workers, `batchSize`. Larger batches were not faster. */
const BATCH = 1_000;
const SEED_BATCH = 5_000;
/** The shortest that https://pgboss.io/api/workers allows. */
const POLL_SECONDS = 0.5;

/** By `work()`, or by `fetch()` and `complete()` in a loop of one's own. */
export const openBy =
  (by: 'work' | 'fetch'): OpenSystem =>
  (role) =>
    open(role, by);

async function open(role: Role, by: 'work' | 'fetch'): Promise<System> {
  // https://pgboss.io/api/constructor, `useListenNotify`: wakes workers at once, and costs those that send a NOTIFY. So
  // only where the pickup is measured.
  const boss = new PgBoss({
    connectionString: role.url,
    max: POOL_SIZE,
    useListenNotify: role.work?.tunedFor === 'pickup' || role.work?.schedules !== undefined,
    // https://pgboss.io/api/constructor, `flowIntervalSeconds`: how often the next steps of flows are looked for, at best.
    flowIntervalSeconds: 1,
    // https://pgboss.io/api/constructor, "Schedule": the shortest; by default it looks for ticks every 30 s and sends them within 5.
    ...(role.work?.schedules === undefined
      ? {}
      : { cronMonitorIntervalSeconds: 1, cronWorkerIntervalSeconds: 1 }),
  });
  boss.on('error', (error: unknown) => console.error(error));
  await boss.start();
  return new PgBossSystem(role, boss, by);
}

class PgBossSystem implements System {
  private readonly pool: pg.Pool;
  private stopped = false;
  private loops: Promise<void>[] = [];

  constructor(
    private readonly role: Role,
    private readonly boss: PgBoss,
    private readonly by: 'work' | 'fetch',
  ) {
    this.pool = new pg.Pool({ connectionString: role.url, max: POOL_SIZE });
  }

  async prepare(): Promise<void> {
    // https://pgboss.io/api/queues, `notify`
    await this.boss.createQueue(QUEUE, { notify: this.role.work?.tunedFor === 'pickup' });
  }

  async seed({ jobs, channels = ['bench'] }: Seed): Promise<void> {
    // https://pgboss.io/api/workers, `groupConcurrency`: the limit over all nodes is one of groups.
    const { capacity, groupsOf } = this.role.work ?? {};
    const groupOf = (at: number) =>
      (capacity ?? groupsOf) === undefined ? {} : { group: { id: channels[at % channels.length] as string } };
    for (let from = 0; from < jobs; from += SEED_BATCH) {
      const rows = Array.from({ length: Math.min(SEED_BATCH, jobs - from) }, (_, at) => ({
        data: { order: from + at, note: NOTE, sent: 0 },
        ...groupOf(from + at),
      }));
      await this.boss.insert(QUEUE, rows);
    }
    await this.pool.query('VACUUM ANALYZE');
  }

  enqueue(payload: Payload): Promise<unknown> {
    return this.boss.send(QUEUE, payload);
  }

  /** https://pgboss.io/api/jobs, `db`: the caller's connection. */
  async enqueueInTransaction(payload: Payload): Promise<unknown> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO bench_order (id, note) VALUES ($1, $2)', [payload.order, payload.note]);
      await this.boss.send(QUEUE, payload, {
        db: { executeSql: (text, values) => client.query(text, values) },
      });
      return await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  enqueueMany(payloads: readonly Payload[]): Promise<unknown> {
    return this.boss.insert(
      QUEUE,
      payloads.map((data) => ({ data })),
    );
  }

  /** https://pgboss.io/api/flows */
  chain(payloads: readonly Payload[]): Promise<unknown> {
    return this.boss.flow(
      payloads.map((data, at) => ({
        ref: `step${at}`,
        name: QUEUE,
        data,
        ...(at === 0 ? {} : { dependsOn: [`step${at - 1}`] }),
      })),
    );
  }

  /** https://pgboss.io/api/scheduling: schedules of one queue, told apart by `key`. */
  async ticks(jobs: number): Promise<number[]> {
    const log = new TickLog();
    const start = Date.now();
    await this.boss.createQueue(TICKS, { notify: true });
    const options = { pollingIntervalSeconds: POLL_SECONDS, batchSize: BATCH };
    await this.boss.work(TICKS, options, async (started) => {
      const now = Date.now();
      const tick = now - (now % MINUTE_MS);
      // A new schedule has a job for the minute that has begun before it, too.
      if (tick >= start) for (const _ of started) log.note(tick);
      return Promise.resolve();
    });
    for (let at = 0; at < (this.role.work?.schedules ?? 0); at += 1)
      await this.boss.schedule(TICKS, '* * * * *', null, { key: `bench${at}` });
    return log.first(jobs);
  }

  async work(handler: Handler): Promise<void> {
    const run = async (jobs: Job<Payload>[]): Promise<void> => {
      await Promise.all(jobs.map(async ({ data }) => handler(data)));
    };
    if (this.by === 'fetch') {
      this.loops = [this.fetchLoop(run), this.fetchLoop(run)];
    } else if (this.role.work?.transactional === true) {
      // https://pgboss.io/api/workers, `transactional`: one transaction a batch, so batches of one job to have one a job.
      const options = {
        transactional: true,
        pollingIntervalSeconds: POLL_SECONDS,
        localConcurrency: 10,
      } as const;
      await this.boss.work<Payload>(QUEUE, options, async (jobs) => run(jobs));
    } else {
      await this.boss.work<Payload>(QUEUE, optionsFor(this.role.work), run);
    }
  }

  async settled(): Promise<boolean> {
    const { rows } = await this.pool.query(`SELECT 1 FROM pgboss.job WHERE state < 'completed' LIMIT 1`);
    return rows.length === 0;
  }

  async close(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
    await this.boss.stop({ graceful: false });
    await this.pool.end();
  }

  /** https://pgboss.io/api/jobs, `fetch()` and `complete()` */
  private async fetchLoop(run: (jobs: Job<Payload>[]) => Promise<void>): Promise<void> {
    while (!this.stopped) {
      const jobs = await this.boss.fetch<Payload>(QUEUE, { batchSize: BATCH });
      if (jobs.length === 0) {
        await sleep(10);
        continue;
      }
      await run(jobs);
      await this.boss.complete(
        QUEUE,
        jobs.map(({ id }) => id),
      );
    }
  }
}

/** https://pgboss.io/api/workers: `burstWhenBatchFull` goes on without a pause while there is more than a batch. */
function optionsFor(work: WorkRole | undefined) {
  const capacity = work?.capacity;
  const ofGroup = capacity ?? work?.groupsOf;
  const batchSize = Math.max(2, Math.min(capacity ?? (work?.tunedFor === 'pickup' ? 100 : BATCH), BATCH));
  return {
    batchSize,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: POLL_SECONDS,
    localConcurrency: 2,
    ...(ofGroup === undefined ? {} : { groupConcurrency: ofGroup }),
  };
}
