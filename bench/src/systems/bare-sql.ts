import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Handler, Payload, Role, Seed, System } from './system.ts';

/** Jobs that one claim takes. */
const BATCH = 1_000;
/** Between two looks of a loop that found nothing, in milliseconds. */
const IDLE_MS = 1;
const TRANSACTIONS = 10;

/**
 * What PostgreSQL does for the same rows in the same tables with nothing around it: an INSERT, a claim that marks rows,
 * and a settle that moves them to the history. No limits, no retries, no fencing: nobody could use it, nobody is faster.
 */
export async function open(role: Role): Promise<System> {
  return new BareSqlSystem(role, new pg.Pool({ connectionString: role.url, max: 64 }));
}

const INSERT = {
  name: 'bare_insert',
  text: `INSERT INTO queue_job (uuid, name, channel, args, description) VALUES ($1, 'BenchJobs.run', 'root', $2, 'BenchJobs.run')`,
};
const INSERT_MANY = {
  name: 'bare_insert_many',
  text: `INSERT INTO queue_job (uuid, name, channel, args, description)
    SELECT u, 'BenchJobs.run', 'root', a, 'BenchJobs.run' FROM unnest($1::uuid[], $2::json[]) x (u, a)`,
};
const CLAIM = {
  name: 'bare_claim',
  text: `UPDATE queue_job j SET node = $1, state = 'enqueued', retry = j.retry + 1, date_enqueued = clock_timestamp()
    WHERE j.ctid = ANY(ARRAY(
      SELECT d.ctid FROM queue_job d WHERE d.phase = 2 AND d.channel = 'root' AND d.node IS NULL
      ORDER BY d.priority, d.seq LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))
    RETURNING j.uuid, j.args`,
};
const SETTLE = {
  name: 'bare_settle',
  text: `WITH gone AS (DELETE FROM queue_job j WHERE j.uuid = ANY($1) RETURNING j.*)
    INSERT INTO queue_job_history (uuid, seq, state, name, channel, priority, retry, max_retries, node, args, description,
      date_created, date_enqueued, date_started, date_done, exec_time)
    SELECT uuid, seq, 'done', name, channel, priority, retry, max_retries, node, args, description, date_created,
      date_enqueued, clock_timestamp(), clock_timestamp(), 0 FROM gone`,
};

class BareSqlSystem implements System {
  private stopped = false;
  private loops: Promise<void>[] = [];

  constructor(
    private readonly role: Role,
    private readonly pool: pg.Pool,
  ) {}

  async prepare(): Promise<void> {
    await this.asQueueJob((system) => system.prepare());
  }

  async seed(seed: Seed): Promise<void> {
    await this.asQueueJob((system) => system.seed(seed));
  }

  enqueue(payload: Payload): Promise<unknown> {
    return this.pool.query({ ...INSERT, values: [uuidV7(), JSON.stringify([payload])] });
  }

  async enqueueInTransaction(payload: Payload): Promise<unknown> {
    return this.inTransaction(async (client) => {
      await client.query('INSERT INTO bench_order (id, note) VALUES ($1, $2)', [payload.order, payload.note]);
      await client.query({ ...INSERT, values: [uuidV7(), JSON.stringify([payload])] });
    });
  }

  enqueueMany(payloads: readonly Payload[]): Promise<unknown> {
    const args = payloads.map((payload) => JSON.stringify([payload]));
    return this.pool.query({ ...INSERT_MANY, values: [payloads.map(uuidV7), args] });
  }

  async work(handler: Handler): Promise<void> {
    const transactional = this.role.work?.transactional === true;
    this.loops = Array.from({ length: transactional ? TRANSACTIONS : 2 }, () =>
      this.loop(() => (transactional ? this.oneInTransaction(handler) : this.batch(handler))),
    );
  }

  async settled(): Promise<boolean> {
    const { rows } = await this.pool.query('SELECT 1 FROM queue_job LIMIT 1');
    return rows.length === 0;
  }

  async close(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
    await this.pool.end();
  }

  private async loop(turn: () => Promise<number>): Promise<void> {
    while (!this.stopped) {
      if ((await turn()) === 0) await sleep(IDLE_MS);
    }
  }

  private async batch(handler: Handler): Promise<number> {
    const { rows } = await this.pool.query<{ uuid: string; args: [Payload] }>({
      ...CLAIM,
      values: [process.pid, BATCH],
    });
    await Promise.all(rows.map(async ({ args }) => handler(args[0])));
    if (rows.length > 0) await this.pool.query({ ...SETTLE, values: [rows.map(({ uuid }) => uuid)] });
    return rows.length;
  }

  private oneInTransaction(handler: Handler): Promise<number> {
    return this.inTransaction(async (client) => {
      const { rows } = await client.query<{ uuid: string; args: [Payload] }>({
        ...CLAIM,
        values: [process.pid, 1],
      });
      for (const { uuid, args } of rows) {
        await handler(args[0]);
        await client.query({ ...SETTLE, values: [[uuid]] });
      }
      return rows.length;
    });
  }

  private async inTransaction<R>(work: (client: pg.PoolClient) => Promise<R>): Promise<R> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } finally {
      client.release();
    }
  }

  /** The tables, and the jobs in them, are those of the library, which is loaded only where they are made. */
  private async asQueueJob(work: (system: System) => Promise<void>): Promise<void> {
    const queueJob = await import('./queue-job.ts');
    const system = await queueJob.open({ url: this.role.url });
    await work(system);
    await system.close();
  }
}

function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex');
}
