import type { JobState } from '../../job/job-state.js';
import type { Query, QueueDatabase, Row } from '../connection/database.js';
import { retryOnDeadlock } from '../connection/retry-on-deadlock.js';
import { QueueJobAttempt } from '../entities/queue-job-attempt.entity.js';
import type { QueueJobLog } from '../entities/queue-job-log.entity.js';
import type { StatsStore } from '../stats/rollup-store.js';
import { LASTING_COLUMNS, type LastingColumn } from '../../job/job-columns.js';
import { Phase } from './phase.js';
import type { Tables } from '../connection/tables.js';

/** A stored job as read: `args`, `result` and `context` are JSON text. */
export type JobRow = Readonly<Record<LastingColumn | 'cancel_by', unknown>>;

/** A line of a job's log as stored. */
export type LogRow = Pick<QueueJobLog, 'id' | 'retry' | 'date' | 'message'> & {
  /** JSON text. */
  readonly data: string | null;
  readonly cut: boolean;
};

/**
 * Reads jobs, living and ended, and changes them.
 *
 * @internal
 */
export class JobStore {
  private readonly columns = LASTING_COLUMNS.join(', ');

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
    private readonly rollups: StatsStore,
  ) {}

  /** By `query` where one is given: its transaction may be the only one that sees them. */
  async find(uuids: readonly string[], query?: Query): Promise<JobRow[]> {
    const ask: Query = query ?? ((...call) => this.database.query(...call));
    return ask<JobRow>(
      `SELECT ${this.columns}, cancel_by FROM ${this.tables.job} WHERE uuid = ANY($1)
       UNION ALL SELECT ${this.columns}, NULL FROM ${this.tables.history} WHERE uuid = ANY($1)`,
      [uuids],
    );
  }

  /** The time by the clock of the database. */
  async now(): Promise<Date> {
    const rows = await this.database.query('SELECT clock_timestamp() AS now');
    return rows[0]?.['now'] as Date;
  }

  async counts(): Promise<Partial<Record<JobState, number>>> {
    const rows = await this.database.look(
      `SELECT state, count(*) AS count FROM ${this.tables.job} GROUP BY state
       UNION ALL SELECT state, count(*) FROM ${this.tables.history} GROUP BY state`,
    );
    return Object.fromEntries(rows.map((row) => [row['state'], row['count']])) as Partial<
      Record<JobState, number>
    >;
  }

  /** The attempts that ended badly, as stored. */
  async attempts(uuid: string): Promise<QueueJobAttempt[]> {
    const rows = await this.database.look(
      `SELECT id, job_uuid, name, retry, node, date_started, date_ended, exc_name, exc_message, exc_info, exc_fingerprint
       FROM ${this.tables.attempt} WHERE job_uuid = $1 ORDER BY id`,
      [uuid],
    );
    return rows.map((row) =>
      Object.assign(new QueueJobAttempt(), {
        id: String(row['id']),
        jobUuid: row['job_uuid'],
        name: row['name'],
        retry: row['retry'],
        node: row['node'],
        dateStarted: row['date_started'],
        dateEnded: row['date_ended'],
        excName: row['exc_name'],
        excMessage: row['exc_message'],
        excInfo: row['exc_info'],
        excFingerprint: row['exc_fingerprint'],
      }),
    );
  }

  /**
   * The lines that a job wrote, the oldest first, after the one of the id `after`; `data` is JSON text, null where it is
   * longer than `longest` bytes: then `cut` is true.
   */
  async logs(
    uuid: string,
    { after = '0', limit, longest = Infinity }: { after?: string; limit: number; longest?: number },
  ): Promise<LogRow[]> {
    const rows = await this.database.look(
      `SELECT id, retry, date, message, CASE WHEN NOT cut THEN data END AS data, cut FROM (
         SELECT *, coalesce(octet_length(data::text) > $4::float8, false) AS cut
         FROM ${this.tables.log} WHERE job_uuid = $1 AND id > $2 ORDER BY id LIMIT $3
       ) l ORDER BY id`,
      [uuid, after, limit, longest],
    );
    return rows.map((row) => ({ ...row, id: String(row['id']) }) as LogRow);
  }

  /** The id of the last line that each of these has logged. */
  async lastLogs(uuids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.look(
      `SELECT u.uuid, (SELECT l.id FROM ${this.tables.log} l WHERE l.job_uuid = u.uuid ORDER BY l.id DESC LIMIT 1) AS last
       FROM unnest($1::uuid[]) u (uuid)`,
      [uuids],
    );
    const found = rows.filter((row) => row['last'] !== null);
    return new Map(found.map((row) => [row['uuid'] as string, String(row['last'])]));
  }

  /** In which state each of these is; one that isn't there is left out. */
  async states(uuids: readonly string[]): Promise<Map<string, JobState>> {
    const rows = await this.database.query(
      `SELECT uuid, state FROM ${this.tables.job} WHERE uuid = ANY($1)
       UNION ALL SELECT uuid, state FROM ${this.tables.history} WHERE uuid = ANY($1)`,
      [uuids],
    );
    return new Map(rows.map((row) => [row['uuid'] as string, row['state'] as JobState]));
  }

  /** Cancels; a job that a node has is asked for there: `node` is that one. */
  async cancel(uuids: readonly string[], by: string): Promise<{ uuid: string; node: number | null }[]> {
    const rows = await this.act(`SELECT uuid, node FROM ${this.tables.name('queue_job_cancel_1')}($1, $2)`, [
      uuids,
      by,
    ]);
    const cancelled = rows as unknown as { uuid: string; node: number | null }[];
    await this.count(
      cancelled.filter(({ node }) => node === null).map(({ uuid }) => uuid),
      'cancelled',
    );
    return cancelled;
  }

  /** Cancels jobs that had to begin by now and have not, a thousand at most; returns them. */
  async expire(): Promise<string[]> {
    const expired = await this.uuidsOf(`unnest(${this.tables.name('queue_job_expire_1')}())`, []);
    await this.count(expired, 'cancelled');
    return expired;
  }

  /** Those of these jobs that somebody has asked to cancel. */
  async askedToCancel(uuids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query(
      `SELECT uuid FROM ${this.tables.job} WHERE uuid = ANY($1) AND cancel_by IS NOT NULL`,
      [uuids],
    );
    return rows.map((row) => row['uuid'] as string);
  }

  async requeue(uuids: readonly string[]): Promise<string[]> {
    return this.uuidsOf(`unnest(${this.tables.name('queue_job_requeue_1')}($1))`, [uuids]);
  }

  async setDone(uuids: readonly string[], by: string): Promise<string[]> {
    const done = await this.uuidsOf(`unnest(${this.tables.name('queue_job_set_done_1')}($1, $2))`, [
      uuids,
      by,
    ]);
    await this.count(done, 'done');
    return done;
  }

  /** Removes jobs that no node has, with all that belongs to them; what waits for one that wasn't done loses it. */
  async delete(uuids: readonly string[]): Promise<string[]> {
    return this.uuidsOf(`unnest(${this.tables.name('queue_job_delete_1')}($1))`, [uuids]);
  }

  /** Pending jobs may start at once: those that wait for their eta or the next attempt no longer do. */
  async runNow(uuids: readonly string[]): Promise<string[]> {
    const rows = await this.act(
      `UPDATE ${this.tables.job} j SET eta = clock_timestamp(), phase = ${Phase.ready}
       FROM (SELECT l.uuid FROM ${this.tables.job} l WHERE l.uuid = ANY($1) ORDER BY l.uuid FOR UPDATE) l
       WHERE j.uuid = l.uuid AND j.node IS NULL AND j.phase IN (${Phase.eta}, ${Phase.ready}) RETURNING j.uuid`,
      [uuids],
    );
    return rows.map((row) => row['uuid'] as string);
  }

  /** `result` is JSON text; null leaves it. Answers false where the job does not wait. */
  async postpone(uuid: string, seconds: number, result: string | null): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT ${this.tables.name('queue_job_postpone_1')}($1, $2, $3) AS done`,
      [uuid, seconds, result],
    );
    return rows[0]?.['done'] === true;
  }

  /** For the charts alone, so nothing fails where it can't be noted; those that were cancelled with them don't count. */
  private async count(uuids: readonly string[], state: 'done' | 'cancelled'): Promise<void> {
    if (uuids.length > 0) await this.rollups.addByHand(uuids, state).catch(() => undefined);
  }

  private async uuidsOf(source: string, values: readonly unknown[]): Promise<string[]> {
    const rows = await this.act(`SELECT u.uuid FROM ${source} u (uuid)`, values);
    return rows.map((row) => row['uuid'] as string);
  }

  private async act(text: string, values: readonly unknown[]): Promise<Row[]> {
    return retryOnDeadlock(async () => this.database.query(text, values));
  }
}
