import type { JobState } from '../../job/job-state.js';
import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import type { StoredDefinition, StoredOverride } from './schedule-definition.js';

/** A job of a schedule, for lists. */
export interface ScheduleRun {
  readonly uuid: string;
  readonly state: JobState;
  /** The tick, or when `runNow()` was called. */
  readonly scheduledAt: Date;
  readonly manual: boolean;
  /** When it ended, else when it began; null while it waits. */
  readonly date: Date | null;
  /** Seconds that its last attempt ran. */
  readonly execTime: number | null;
}

/** A schedule with what is shown of it. */
export interface ListedSchedule {
  readonly name: string;
  readonly source: 'code' | 'data';
  readonly jobName: string;
  readonly definition: StoredDefinition;
  readonly override: StoredOverride | null;
  readonly nextTick: Date | null;
  readonly lastTick: Date | null;
  readonly ticks: number;
  readonly skipped: number;
  readonly missed: number;
  readonly dateSkipped: Date | null;
  readonly datePaused: Date | null;
  readonly pausedBy: string | null;
  /** No living node has it in its code, or knows its job function. */
  readonly gone: boolean;
  readonly lastRun: ScheduleRun | null;
}

/** Which schedules to list, by name. */
export interface ScheduleQuery {
  /** A part of the name or of the job function's, in any case. */
  readonly search: string | null;
  readonly names: readonly string[] | null;
  /** The name after which the list begins. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * Schedules and their jobs, for lists.
 *
 * @internal
 */
export class ScheduleListStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** The time by the database's clock, and the schedules by name. */
  async list({ search, names, after, limit }: ScheduleQuery): Promise<{ now: Date; rows: ListedSchedule[] }> {
    const t = this.tables;
    const run = (table: string): string =>
      `SELECT ${runColumns('r')} FROM ${table} r WHERE r.uuid = s.last_job`;
    const rows = await this.database.query(
      `SELECT clock_timestamp() AS now, s.name, s.source, s.job_name, s.definition, s.override, s.next_tick, s.last_tick, s.ticks,
         s.skipped, s.missed, s.date_skipped, s.date_paused, s.paused_by, run.uuid, run.state, run.scheduled_at, run.manual,
         run.date, run.exec_time, NOT EXISTS (
           SELECT 1 FROM ${t.node} n WHERE n.alive AND CASE s.source WHEN 'code' THEN s.name = ANY(n.schedules)
             ELSE n.schedules IS NOT NULL AND s.job_name = ANY(n.names) END) AS gone
       FROM ${t.schedule} s LEFT JOIN LATERAL (${run(t.job)} UNION ALL ${run(t.history)}) run ON true
       WHERE ($1::text IS NULL OR strpos(lower(s.name), lower($1)) > 0 OR strpos(lower(s.job_name), lower($1)) > 0)
         AND ($2::text[] IS NULL OR s.name = ANY($2)) AND ($3::text IS NULL OR s.name > $3)
       ORDER BY s.name LIMIT $4`,
      [search, names, after, limit],
    );
    return { now: (rows[0]?.['now'] as Date | undefined) ?? new Date(), rows: rows.map(toListed) };
  }

  /** The last jobs of a schedule, the newest first. */
  async runs(name: string, limit: number): Promise<ScheduleRun[]> {
    const part = (table: string): string =>
      `(SELECT ${runColumns('r')} FROM ${table} r WHERE r.schedule = $1 ORDER BY r.scheduled_at DESC LIMIT $2)`;
    const rows = await this.database.query(
      `${part(this.tables.job)} UNION ALL ${part(this.tables.history)} ORDER BY scheduled_at DESC LIMIT $2`,
      [name, limit],
    );
    return rows.map(toRun);
  }
}

const runColumns = (r: string): string =>
  `${r}.uuid, ${r}.state, ${r}.scheduled_at, ${r}.tick->>'manual' IS NOT NULL AS manual, coalesce(${r}.date_done, ${r}.date_started) AS date, ${r}.exec_time`;

type ListRow = Readonly<Record<string, unknown>>;

function toRun(row: ListRow): ScheduleRun {
  return {
    uuid: row['uuid'] as string,
    state: row['state'] as JobState,
    scheduledAt: row['scheduled_at'] as Date,
    manual: row['manual'] as boolean,
    date: row['date'] as Date | null,
    execTime: row['exec_time'] as number | null,
  };
}

function toListed(row: ListRow): ListedSchedule {
  const override = row['override'] as string | null;
  return {
    name: row['name'] as string,
    source: row['source'] as 'code' | 'data',
    jobName: row['job_name'] as string,
    definition: JSON.parse(row['definition'] as string) as StoredDefinition,
    override: override === null ? null : (JSON.parse(override) as StoredOverride),
    nextTick: row['next_tick'] as Date | null,
    lastTick: row['last_tick'] as Date | null,
    ticks: row['ticks'] as number,
    skipped: row['skipped'] as number,
    missed: row['missed'] as number,
    dateSkipped: row['date_skipped'] as Date | null,
    datePaused: row['date_paused'] as Date | null,
    pausedBy: row['paused_by'] as string | null,
    gone: row['gone'] as boolean,
    lastRun: row['uuid'] === null ? null : toRun(row),
  };
}
