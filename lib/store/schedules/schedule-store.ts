import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import type {
  DueSchedules,
  NewSchedule,
  ScheduleRow,
  ServedSchedules,
  StoredTicks,
  TickJob,
  TickMove,
} from './schedule-rows.js';
import { Phase } from '../jobs/phase.js';

/** Schedules that one round trip looks at: the rest come with the next. */
export const MOST_DUE = 500;

/** Multiplied as `numeric`: of a `float8`, whole milliseconds would not always be left. */
const millis = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

const COLUMNS = `'name', s.name, 'source', s.source, 'jobName', s.job_name, 'definition', s.definition, 'override', s.override,
  'version', s.version, 'nextTick', ${millis('s.next_tick')}, 'lastTick', ${millis('s.last_tick')}, 'ticks', s.ticks,
  'pausedAt', ${millis('s.date_paused')}`;

/** The ticks of schedules: what is due, and storing it. All times by the database's clock. */
export class ScheduleStore {
  private readonly dueStatement: Statement;
  private readonly storeStatement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    const t = tables;
    const served = `(s.source = 'data' AND s.job_name = ANY($3) OR s.source = 'code' AND s.name = ANY($2) AND s.job_name = ANY($3))`;
    // A node signs once a second. One that has not for 3 s may stand still, though its session lives; one that has not for
    // 10 s may have been killed together with all others, so that nobody has found that yet.
    this.dueStatement = namedStatement(
      'queue_job_due_ticks',
      `WITH due AS MATERIALIZED (
         SELECT s.* FROM ${t.schedule} s
         WHERE s.next_tick <= clock_timestamp() AND ${served} ORDER BY s.next_tick LIMIT ${MOST_DUE}
       )
       SELECT json_build_object(
         'now', ${millis('clock_timestamp()')},
         'nextIn', (SELECT ${millis('(s.next_tick - clock_timestamp())')} FROM ${t.schedule} s
           WHERE s.next_tick > clock_timestamp() AND ${served} ORDER BY s.next_tick LIMIT 1),
         'place', (SELECT count(*) FROM ${t.node} n JOIN ${t.node} m ON m.id = $1
           WHERE n.id < m.id AND n.alive AND n.suspect_since IS NULL AND n.date_seen > clock_timestamp() - interval '3 s'
             AND n.schedules = m.schedules AND n.names IS NOT DISTINCT FROM m.names),
         'due', coalesce((SELECT json_agg(json_build_object(${COLUMNS}, 'servedSince', (
             SELECT min(${millis('n.date_started')}) FROM ${t.node} n
             WHERE n.alive AND n.suspect_since IS NULL AND (n.id = $1
                 OR s.next_tick < (SELECT m.date_started FROM ${t.node} m WHERE m.id = $1) AND n.date_seen > clock_timestamp() - interval '10 s')
               AND CASE s.source WHEN 'code' THEN s.name = ANY(n.schedules)
                 ELSE n.schedules IS NOT NULL AND s.job_name = ANY(n.names) END
           )) ORDER BY s.next_tick, s.name) FROM due s), '[]'::json)) AS answer`,
    );
    this.storeStatement = namedStatement(
      'queue_job_store_ticks',
      `SELECT name, stored, skipped FROM ${t.name('queue_job_store_ticks_1')}($1, $2)`,
    );
  }

  async due({ node, schedules, jobNames }: ServedSchedules): Promise<DueSchedules> {
    const rows = await this.database.run(this.dueStatement, [node, schedules, jobNames]);
    return JSON.parse(rows[0]?.['answer'] as string) as DueSchedules;
  }

  /** Returns the schedules that were moved on; others were faster with the rest. */
  async storeTicks(moves: readonly TickMove[], jobs: readonly TickJob[]): Promise<StoredTicks[]> {
    const values = [JSON.stringify(moves), JSON.stringify(jobs)];
    return (await this.database.run(this.storeStatement, values)) as unknown as StoredTicks[];
  }

  /** Tells the others which schedules the code of a node has. */
  async announce(node: number, schedules: readonly string[]): Promise<void> {
    await this.database.query(`UPDATE ${this.tables.node} SET schedules = $2 WHERE id = $1`, [
      node,
      schedules,
    ]);
  }

  /** These schedules, those there are, and the time by the database's clock. */
  async read(names: readonly string[]): Promise<{ now: number; rows: ReadonlyMap<string, ScheduleRow> }> {
    const [row] = await this.database.query(
      `SELECT json_build_object('now', ${millis('clock_timestamp()')}, 'rows', coalesce((
         SELECT json_agg(json_build_object(${COLUMNS})) FROM ${this.tables.schedule} s WHERE s.name = ANY($1)), '[]'::json)) AS answer`,
      [names],
    );
    const { now, rows } = JSON.parse(row?.['answer'] as string) as { now: number; rows: ScheduleRow[] };
    return { now, rows: new Map(rows.map((one) => [one.name, one])) };
  }

  /** Stores a new schedule; false where there is one of this name. */
  async insert(schedule: NewSchedule): Promise<boolean> {
    return (await this.insertAll([schedule])).length > 0;
  }

  /** Stores new schedules, each name once, and returns the names of those that were not there. */
  async insertAll(schedules: readonly NewSchedule[]): Promise<string[]> {
    const rows = schedules.map(({ nextTick, ...one }) => ({ ...one, next_tick: instant(nextTick) }));
    const stored = await this.database.query(
      `INSERT INTO ${this.tables.schedule} (name, source, job_name, definition, next_tick)
       SELECT g.name, g.source, g."jobName", g.definition, g.next_tick
       FROM json_to_recordset($1) g (name text, source text, "jobName" text, definition json, next_tick timestamptz)
       ORDER BY g.name ON CONFLICT DO NOTHING RETURNING name`,
      [JSON.stringify(rows)],
    );
    return stored.map((row) => row['name'] as string);
  }

  /** Changes a schedule as it was read; false where somebody has changed it since, or it has ticked. */
  async change(
    before: ScheduleRow,
    after: Partial<Pick<ScheduleRow, 'jobName' | 'definition' | 'override' | 'nextTick'>> & {
      /** Who pauses it; null resumes it. */
      readonly pausedBy?: string | null;
    },
  ): Promise<boolean> {
    const { pausedBy } = after;
    const override = after.override === undefined ? before.override : after.override;
    const rows = await this.database.query(
      `UPDATE ${this.tables.schedule} SET version = version + 1, job_name = $3, definition = $4, override = $5, next_tick = $6,
         date_paused = CASE WHEN NOT $7 THEN date_paused WHEN $8::text IS NOT NULL THEN coalesce(date_paused, clock_timestamp()) END,
         paused_by = CASE WHEN NOT $7 THEN paused_by WHEN $8::text IS NOT NULL THEN coalesce(paused_by, $8) END
       WHERE name = $1 AND version = $2 AND date_trunc('milliseconds', next_tick) IS NOT DISTINCT FROM $9 RETURNING name`,
      [
        before.name,
        before.version,
        after.jobName ?? before.jobName,
        JSON.stringify(after.definition ?? before.definition),
        override === null ? null : JSON.stringify(override),
        instant(after.nextTick === undefined ? before.nextTick : after.nextTick),
        pausedBy !== undefined,
        pausedBy ?? null,
        instant(before.nextTick),
      ],
    );
    return rows.length > 0;
  }

  /** Stores a job now, as a tick that somebody asked for; false where there is no such schedule. */
  async runNow(job: Omit<TickJob, 'tick' | 'delay'>, trace: string | null): Promise<boolean> {
    const t = this.tables;
    const rows = await this.database.query(
      `WITH asked AS (
         SELECT s.name, s.last_tick, clock_timestamp() AS now FROM ${t.schedule} s WHERE s.name = $2 FOR NO KEY UPDATE
       ), stored AS (
         INSERT INTO ${t.job} (uuid, name, channel, priority, max_retries, args, description, identity_key,
           identity_until_done, identity_lock, user_id, context, tags, start_before, schedule, scheduled_at, tick, trace)
         SELECT $1, $3, $4, $5, $6, $7::json, $8, $9, $10, $9, $11, $12::json, $13::jsonb, a.now + $14::float8 * interval '1 second', a.name, a.now,
           json_build_object('name', a.name, 'scheduledAt', a.now, 'previous', a.last_tick, 'manual', true), $15
         FROM asked a
         ON CONFLICT (identity_lock) WHERE identity_lock IS NOT NULL DO NOTHING
         RETURNING uuid, schedule
       ), noted AS (
         UPDATE ${t.schedule} s SET last_job = o.uuid FROM stored o WHERE s.name = o.schedule
       )
       SELECT name FROM asked`,
      [
        job.uuid,
        job.schedule,
        job.name,
        job.channel,
        job.priority,
        job.maxRetries,
        job.args,
        job.description,
        job.identityKey,
        job.identityUntilDone,
        job.userId,
        job.context,
        job.tags,
        job.startBeforeIn,
        trace,
      ],
    );
    return rows.length > 0;
  }

  /** Keeps a schedule from storing ticks, for good; false where there is none. */
  async halt(name: string, by: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE ${this.tables.schedule} SET version = version + 1, next_tick = NULL,
         date_paused = coalesce(date_paused, clock_timestamp()), paused_by = CASE WHEN date_paused IS NULL THEN $2 ELSE paused_by END
       WHERE name = $1 RETURNING name`,
      [name, by],
    );
    return rows.length > 0;
  }

  /** The jobs of a schedule that wait. */
  async waiting(name: string): Promise<string[]> {
    const rows = await this.database.query(
      `SELECT j.uuid FROM ${this.tables.job} j WHERE j.schedule = $1 AND j.node IS NULL AND j.phase <> ${Phase.failed}`,
      [name],
    );
    return rows.map((row) => row['uuid'] as string);
  }

  async remove(name: string): Promise<void> {
    await this.database.query(`DELETE FROM ${this.tables.schedule} WHERE name = $1`, [name]);
  }

  /** Marks schedules of code that no living node has any more, and removes those marked for longer than this (seconds). */
  async removeGone(after: number): Promise<void> {
    const t = this.tables;
    const known = `EXISTS (SELECT 1 FROM ${t.node} n WHERE n.alive AND s.name = ANY(n.schedules))`;
    await this.database.query(
      `UPDATE ${t.schedule} s SET date_gone = CASE WHEN NOT ${known} THEN clock_timestamp() END
       WHERE s.source = 'code' AND (s.date_gone IS NULL) <> ${known}`,
    );
    await this.database.query(
      `DELETE FROM ${t.schedule} s WHERE s.source = 'code' AND s.date_gone < clock_timestamp() - $1::float8 * interval '1 second' AND NOT ${known}`,
      [after],
    );
  }
}

function instant(value: number | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}
