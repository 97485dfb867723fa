import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Client } from 'pg';
import type { ProcessSample } from './process.js';

/** What is bounded however long it goes on: every table that grows with the jobs. */
export const TABLES = [
  'queue_job',
  'queue_job_history',
  'queue_job_attempt',
  'queue_job_dependency',
  'queue_job_claim',
] as const;

export interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  readonly made: number;
  readonly done: number;
  readonly rss: readonly number[];
  readonly heap: readonly number[];
  /** Of each process. */
  readonly connections: readonly number[];
  /** MB with indexes, by table. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly dead: Readonly<Record<string, number>>;
  readonly living: number;
  /** Ended jobs that should have been removed a while ago. */
  readonly overdue: number;
  readonly pickups: readonly number[];
}

const ask = async (child: ChildProcess): Promise<ProcessSample> => {
  const answer = once(child, 'message');
  child.send('sample');
  return ((await answer) as [ProcessSample])[0];
};

/** One look at everything. `keptFor`: milliseconds after which an ended job has to be gone. */
export async function takeSample(
  client: Client,
  children: readonly ChildProcess[],
  told: { at: number; made: number; keptFor: number },
): Promise<Sample> {
  const processes = await Promise.all(children.map(ask));
  const tables = await client.query<{ name: string; size: number; dead: number }>(
    `SELECT c.relname AS name, pg_total_relation_size(c.oid)::float8 / 1048576 AS size,
       pg_stat_get_dead_tuples(c.oid)::float8 AS dead FROM pg_class c WHERE c.relname = ANY($1)`,
    [TABLES],
  );
  const connections = await client.query<{ name: string; count: number }>(
    `SELECT application_name AS name, count(*)::integer AS count FROM pg_stat_activity
     WHERE application_name LIKE 'load %' GROUP BY 1 ORDER BY 1`,
  );
  const [counts] = (
    await client.query<{ living: number; overdue: number }>(
      `SELECT (SELECT count(*) FROM queue_job)::integer AS living, (SELECT count(*) FROM queue_job_history
       WHERE date_done < clock_timestamp() - $1::float8 * interval '1 millisecond')::integer AS overdue`,
      [told.keptFor],
    )
  ).rows;
  return {
    at: told.at,
    made: told.made,
    done: processes.reduce((sum, { done }) => sum + done, 0),
    rss: processes.map(({ rss }) => rss),
    heap: processes.map(({ heap }) => heap),
    connections: connections.rows.map(({ count }) => count),
    sizes: Object.fromEntries(tables.rows.map(({ name, size }) => [name, size])),
    dead: Object.fromEntries(tables.rows.map(({ name, dead }) => [name, dead])),
    living: counts?.living ?? 0,
    overdue: counts?.overdue ?? 0,
    pickups: processes.flatMap(({ pickups }) => pickups),
  };
}
