import { setTimeout as pause } from 'node:timers/promises';
import type { Recorder } from './process/recorder.js';

/** What one look, with one snapshot, must never find. */
const NEVER: Readonly<Record<'Job' | 'Batch', Readonly<Record<string, string>>>> = {
  Job: {
    'waits although all its parents are done': `
    SELECT j.uuid FROM queue_job j WHERE j.phase = 0
      AND NOT EXISTS (SELECT FROM queue_job_dependency d WHERE d.child = j.uuid AND NOT d.satisfied)`,
    'is marked as waiting for a parent that is done': `
    SELECT d.child AS uuid FROM queue_job_dependency d JOIN queue_job_history h ON h.uuid = d.parent
    WHERE h.state = 'done' AND NOT d.satisfied`,
    'lives and has ended at the same time': `SELECT j.uuid FROM queue_job j JOIN queue_job_history h USING (uuid)`,
    'is at a node that has been given up': `
    SELECT j.uuid FROM queue_job j JOIN queue_job_node n ON n.id = j.node WHERE NOT n.alive`,
    'has neither a node nor a state that waits': `
    SELECT j.uuid FROM queue_job j WHERE (j.node IS NULL) <> (j.state IN ('pending', 'wait_dependencies', 'failed'))`,
  },
  Batch: {
    'is closed and all its members have ended, but it has not': `
    SELECT b.uuid FROM queue_job_batch b WHERE b.date_closed IS NOT NULL AND b.date_ended IS NULL
      AND NOT EXISTS (SELECT FROM queue_job j WHERE j.batch_uuid = b.uuid AND j.phase <> 4)`,
    'has ended, but not all its members': `
    SELECT b.uuid FROM queue_job_batch b WHERE b.date_ended IS NOT NULL
      AND EXISTS (SELECT FROM queue_job j WHERE j.batch_uuid = b.uuid AND j.phase <> 4)`,
  },
};

export interface Totals {
  readonly living: number;
  readonly ended: number;
  readonly runs: number;
  readonly nodes: number;
  /** That have not ended. */
  readonly batches: number;
}

/** Looks into the database all along, past all faults. */
export class Watch {
  readonly violations: string[] = [];
  private stopped = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly direct: Recorder) {}

  start(): void {
    this.looking = this.look();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking;
  }

  async totals(): Promise<Totals> {
    const [totals] = await this.direct.ask<Totals>(
      `SELECT (SELECT count(*) FROM queue_job)::integer AS living,
         (SELECT count(*) FROM queue_job_history)::integer AS ended, (SELECT count(*) FROM chaos_run)::integer AS runs,
         (SELECT count(*) FROM queue_job_node WHERE alive)::integer AS nodes,
         (SELECT count(*) FROM queue_job_batch WHERE date_ended IS NULL)::integer AS batches`,
    );
    return totals as Totals;
  }

  /** Some of the jobs that have not ended. */
  async living(): Promise<object[]> {
    return this.direct.ask<object>(
      `SELECT uuid, name, channel, state, phase, node, retry, args::text,
         extract(epoch FROM eta - clock_timestamp())::integer AS due_in, exc_name, exc_message, cancel_by
       FROM queue_job LIMIT 10`,
    );
  }

  /** The nodes that count as alive: their processes, and seconds since they were last seen. */
  async nodes(): Promise<string[]> {
    const rows = await this.direct.ask<{ id: number; name: string; seen: number; jobs: number }>(
      `SELECT n.id, n.name, extract(epoch FROM clock_timestamp() - n.date_seen)::integer AS seen,
         (SELECT count(*) FROM queue_job j WHERE j.node = n.id)::integer AS jobs
       FROM queue_job_node n WHERE n.alive ORDER BY n.id`,
    );
    return rows.map(({ id, name, seen, jobs }) => `${id} (${name}) with ${jobs} jobs, seen ${seen} s ago`);
  }

  /** Who has waited for a lock for more than three seconds, and for whom: no violation, but worth a look. */
  async blocked(): Promise<string[]> {
    const rows = await this.direct.ask<Record<'waits' | 'query' | 'by' | 'doing', string>>(
      `SELECT w.application_name AS waits, left(w.query, 60) AS query, b.application_name AS by,
         b.state || ' ' || left(b.query, 60) AS doing
       FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p JOIN pg_stat_activity b ON b.pid = p
       WHERE w.wait_event_type = 'Lock' AND w.query_start < clock_timestamp() - interval '3 seconds' LIMIT 3`,
    );
    return rows.map(({ waits, query, by, doing }) => `${waits} waits (${query}) for ${by} (${doing})`);
  }

  /** What is left when all is over, though nothing should be. */
  async leftovers(): Promise<string[]> {
    const looks: Readonly<Record<string, string>> = {
      'permits are still booked': 'SELECT channel, node, count FROM queue_job_permit WHERE count <> 0',
      'claims are still open': 'SELECT node, id FROM queue_job_claim',
      'jobs are at nodes that would never end them': `
        SELECT j.uuid, j.node FROM queue_job j WHERE j.node IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM queue_job_claim c JOIN queue_job_node n ON n.id = c.node AND n.alive
          WHERE c.node = j.node AND j.uuid = ANY(c.jobs))`,
      'nodes still count as alive': 'SELECT id, name FROM queue_job_node WHERE alive',
      'advisory locks are still held': `
        SELECT l.pid, l.classid, l.objid, a.application_name FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory'`,
      'connections are still open': `
        SELECT pid, application_name, state, query FROM pg_stat_activity WHERE application_name ~ '^chaos [0-9]'`,
    };
    const left = await Promise.all(
      Object.entries(looks).map(async ([what, text]) => {
        const rows = await this.untilNone(text);
        return rows.length === 0 ? [] : [`${rows.length} ${what}: ${JSON.stringify(rows.slice(0, 5))}`];
      }),
    );
    return left.flat();
  }

  /** PostgreSQL takes a moment to see that a connection is closed. */
  private async untilNone(text: string): Promise<object[]> {
    for (let looks = 0; ; looks += 1) {
      const rows = await this.direct.ask<object>(text);
      if (rows.length === 0 || looks > 50) return rows;
      await pause(100);
    }
  }

  private async look(): Promise<void> {
    while (!this.stopped) {
      for (const [one, looks] of Object.entries(NEVER))
        for (const [what, text] of Object.entries(looks)) {
          const rows = await this.direct.ask<{ uuid: string }>(`${text} LIMIT 3`);
          for (const { uuid } of rows) this.violations.push(`${one} ${uuid} ${what}`);
        }
      await pause(500);
    }
  }
}
