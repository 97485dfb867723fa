import { Logger, makeWorkerUtils, run, type Runner, type WorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { SEED_PAYLOAD } from './fill-sql.ts';
import type { Handler, Payload, Role, Seed, System } from './system.ts';
import { TickLog } from './tick-log.ts';

const TASK = 'bench';
const TICK = 'tick';
const SEED_BATCH = 100_000;

export async function open(role: Role): Promise<System> {
  const pool = new pg.Pool({ connectionString: role.url, max: POOL_SIZE });
  // https://worker.graphile.org/docs/library/run, `pgPool`: errors of idle connections are the caller's.
  pool.on('error', (error) => console.error(error));
  pool.on('connect', (client) => client.on('error', (error) => console.error(error)));
  return new GraphileWorkerSystem(role, pool);
}

// https://worker.graphile.org/docs/performance, "Quick stats": the configuration of its own performance test.
const CONCURRENT_JOBS = 24;
const POOL_SIZE = 25;
// Not for a named queue: the next of its jobs is looked for before the end of the last is written, and then at the poll.
const BATCHING = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/** https://worker.graphile.org/docs/cron#specifying-cron-items-in-your-crontab: `_cron` is in every payload. */
interface CronPayload {
  readonly _cron: { readonly ts: string };
}

/** https://worker.graphile.org/docs/cron#crontab-format: every minute, before all that is drained beside. */
const crontabOf = (schedules: number): string =>
  Array.from({ length: schedules }, (_, at) => `* * * * * ${TICK} ?id=bench${at}&priority=-10`).join('\n');

const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});

class GraphileWorkerSystem implements System {
  private utils?: Promise<WorkerUtils>;
  private runner?: Runner;
  private readonly log = new TickLog();

  constructor(
    private readonly role: Role,
    private readonly pool: pg.Pool,
  ) {}

  async prepare(): Promise<void> {
    await (await this.useUtils()).migrate();
  }

  /** As in its own performance test (`perfTest/init.js`): `add_jobs`. */
  async seed({ jobs }: Seed): Promise<void> {
    // https://worker.graphile.org/docs/tasks-queues#named-queues: jobs of one queue run in series.
    const queue = this.role.work?.capacity === 1 ? `'bench'` : 'NULL';
    for (let from = 0; from < jobs; from += SEED_BATCH) {
      await this.pool.query(
        `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
           SELECT json_populate_record(NULL::graphile_worker.job_spec, json_build_object(
             'identifier', '${TASK}', 'payload', ${SEED_PAYLOAD}, 'queue_name', ${queue}))
           FROM generate_series($1::int, $2::int) g))`,
        [from + 1, Math.min(from + SEED_BATCH, jobs)],
      );
    }
    await this.pool.query('VACUUM ANALYZE');
  }

  async enqueue(payload: Payload): Promise<unknown> {
    return (await this.useUtils()).addJob(TASK, payload);
  }

  /** https://worker.graphile.org/docs/sql-add-job: the function in the caller's transaction. */
  async enqueueInTransaction(payload: Payload): Promise<unknown> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO bench_order (id, note) VALUES ($1, $2)', [payload.order, payload.note]);
      await client.query('SELECT graphile_worker.add_job($1, $2::json)', [TASK, JSON.stringify(payload)]);
      return await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  /** https://worker.graphile.org/docs/library/add-job#add-multiple-jobs */
  async enqueueMany(payloads: readonly Payload[]): Promise<unknown> {
    return (await this.useUtils()).addJobs(payloads.map((payload) => ({ identifier: TASK, payload })));
  }

  async work(handler: Handler): Promise<void> {
    this.runner = await run({
      pgPool: this.pool,
      preset: {
        worker: {
          concurrentJobs: CONCURRENT_JOBS,
          maxPoolSize: POOL_SIZE,
          ...(this.role.work?.capacity === 1 ? {} : BATCHING),
          logger,
        },
      },
      noHandleSignals: true,
      taskList: {
        [TASK]: (payload) => handler(payload as Payload),
        [TICK]: (payload) => {
          const { _cron: cron } = payload as CronPayload;
          this.log.note(Date.parse(cron.ts));
        },
      },
      crontab: crontabOf(this.role.work?.schedules ?? 0),
    });
  }

  /** They run since `work()`. */
  ticks(jobs: number): Promise<number[]> {
    return this.log.first(jobs);
  }

  async settled(): Promise<boolean> {
    const { rows } = await this.pool.query('SELECT 1 FROM graphile_worker._private_jobs LIMIT 1');
    return rows.length === 0;
  }

  async close(): Promise<void> {
    await this.runner?.stop();
    await (await this.utils)?.release();
    await this.pool.end();
  }

  private useUtils(): Promise<WorkerUtils> {
    return (this.utils ??= makeWorkerUtils({ pgPool: this.pool, logger }));
  }
}
