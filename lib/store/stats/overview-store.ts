import type { JobState } from '../../job/job-state.js';
import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** Jobs are counted up to this. */
export const COUNT_CAP = 10_000;

/** `capped`: at least so many; or, of ended jobs, about so many. */
export interface CappedCount {
  readonly count: number;
  readonly capped: boolean;
}

/** What waits longest, and what nobody can run. */
export interface WaitingLook {
  readonly uuid: string | null;
  /** Seconds. */
  readonly seconds: number | null;
  readonly unknown: readonly string[];
  /**
   * Channels in which jobs wait that no living node can run, though some know their function. Name: null if no node serves
   * the channel at all.
   */
  readonly unserved: readonly { readonly channel: string; readonly name: string | null }[];
}

/** How many jobs of a name are in a channel; "at least", where many wait. */
export interface Breakdown {
  readonly channel: string;
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
}

/** How the whole queue is, at a price that doesn't grow with it. */
export class OverviewStore {
  private readonly countsStatement: Statement;
  private readonly versionStatement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    const t = tables;
    this.countsStatement = namedStatement(
      'queue_job_counts',
      `SELECT ${t.name('queue_job_counts_1')}($1) AS counts`,
    );
    const changes = (table: string): string =>
      ['inserted', 'updated', 'deleted']
        .map((what) => `pg_stat_get_tuples_${what}(${t.literal(table)}::regclass)`)
        .join(', ');
    // The statistics know of every change, but some seconds late; the others at once, but not of all.
    this.versionStatement = namedStatement(
      'queue_job_version',
      `SELECT concat_ws('-', ${changes('queue_job')}, ${changes('queue_job_history')},
        (SELECT last_value FROM ${t.name('queue_job_seq_seq')}), (SELECT last_value FROM ${t.name('queue_job_attempt_id_seq')}),
        (SELECT extract(epoch FROM h.date_done) FROM ${t.history} h ORDER BY h.date_done DESC NULLS LAST LIMIT 1),
        (SELECT sum(c.id) FROM ${t.claim} c)) AS version`,
    );
  }

  async counts(): Promise<Record<JobState, CappedCount>> {
    const row = (await this.database.run(this.countsStatement, [COUNT_CAP + 1]))[0];
    const found = JSON.parse(row?.['counts'] as string) as Record<JobState | 'ended', number | null>;
    const of = (state: JobState): CappedCount => {
      const count = found[state] ?? 0;
      return { count: Math.min(count, COUNT_CAP), capped: count > COUNT_CAP };
    };
    const cancelled = of('cancelled');
    const done =
      found.ended === null
        ? of('done')
        : { count: Math.max(0, Math.round(found.ended) - cancelled.count), capped: true };
    return {
      wait_dependencies: of('wait_dependencies'),
      pending: of('pending'),
      enqueued: of('enqueued'),
      started: of('started'),
      done,
      failed: of('failed'),
      cancelled,
    };
  }

  /** Another text whenever any job has changed: at once or, for changes of no other trace, within some seconds. */
  async version(): Promise<string> {
    return (await this.database.run(this.versionStatement, []))[0]?.['version'] as string;
  }

  async waiting(): Promise<WaitingLook> {
    const rows = await this.database.look(
      `SELECT uuid, seconds, to_json(unknown) AS unknown, unserved FROM ${this.tables.name('queue_job_waiting_1')}()`,
    );
    const row = rows[0];
    const uuid = (row?.['uuid'] as string | null | undefined) ?? null;
    return {
      uuid,
      seconds: uuid === null ? null : Number(row?.['seconds']),
      unknown: JSON.parse((row?.['unknown'] as string | null | undefined) ?? '[]') as string[],
      unserved: (
        JSON.parse((row?.['unserved'] as string | null | undefined) ?? '[]') as [string, string | null][]
      ).map(([channel, name]) => ({ channel, name })),
    };
  }

  async breakdown(): Promise<Breakdown[]> {
    const rows = await this.database.look(`SELECT * FROM ${this.tables.name('queue_job_breakdown_1')}()`);
    return rows as unknown as Breakdown[];
  }
}
