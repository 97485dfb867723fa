import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** Channels and schedules that a snapshot names, each. */
const MOST = 1_000;

/** All levels of the cluster at one moment. */
export interface Snapshot {
  /** Channel, job name, and how many wait, run and have failed. */
  readonly jobs: readonly (readonly [string, string, number, number, number])[];
  /** For how long the oldest ready job of a channel has waited, in seconds. */
  readonly oldest: Readonly<Record<string, number>>;
  /** Those with a limit, or paused: name, capacity, paused, permits that nodes hold. */
  readonly channels: readonly (readonly [string, number | null, boolean, number])[];
  /** Living nodes by state. */
  readonly nodes: Readonly<Record<string, number>>;
  readonly slots: number;
  /** Name, and for how many seconds the next tick has been due. */
  readonly schedules: readonly (readonly [string, number])[];
  /** From 0 to 1. */
  readonly notificationQueue: number;
}

/** Reads everything that metrics show with one statement, whose cost does not grow with the queue. */
export class SnapshotStore {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    tables: Tables,
  ) {
    this.statement = namedStatement('queue_job_metrics', snapshotStatement(tables));
  }

  async read(): Promise<Snapshot> {
    const [row] = await this.database.run(this.statement, [MOST]);
    return JSON.parse(row?.['snapshot'] as string) as Snapshot;
  }
}

const snapshotStatement = (t: Tables): string => `
  SELECT json_build_object(
    'jobs', (
      SELECT coalesce(json_agg(json_build_array(b.channel, b.name, b.waiting, b.running, b.failed)), '[]')
      FROM ${t.name('queue_job_breakdown_1')}() b
    ),
    'oldest', (SELECT coalesce(w.channels, '{}') FROM ${t.name('queue_job_waiting_1')}() w),
    'channels', (
      SELECT coalesce(json_agg(json_build_array(c.name, c.capacity, c.paused, c.permits)), '[]') FROM (
        SELECT l.name, l.capacity, l.paused, (
          SELECT coalesce(sum(p.count), 0) FROM ${t.permit} p WHERE p.channel = l.name
        ) AS permits
        FROM ${t.channel} l
        WHERE (l.capacity IS NOT NULL OR l.paused) AND right(l.name, 2) <> '.*' ORDER BY l.name LIMIT $1
      ) c
    ),
    'nodes', (
      SELECT coalesce(json_object_agg(s.state, s.count), '{}') FROM (
        SELECT CASE WHEN n.suspect_since IS NOT NULL THEN 'suspect' WHEN n.command = 'stop' THEN 'stopping'
          WHEN n.command = 'drain' THEN 'draining' ELSE 'alive' END AS state, count(*) AS count
        FROM ${t.node} n WHERE n.alive GROUP BY 1
      ) s
    ),
    'slots', (SELECT coalesce(sum(n.concurrency), 0) FROM ${t.node} n WHERE n.alive),
    'schedules', (
      SELECT coalesce(json_agg(json_build_array(s.name, greatest(extract(epoch FROM clock_timestamp() - s.next_tick), 0))), '[]')
      FROM (
        SELECT d.name, d.next_tick FROM ${t.schedule} d
        WHERE d.next_tick IS NOT NULL AND d.date_paused IS NULL AND d.date_gone IS NULL ORDER BY d.next_tick LIMIT $1
      ) s
    ),
    'notificationQueue', pg_notification_queue_usage()
  )::text AS snapshot`;
