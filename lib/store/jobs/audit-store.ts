import { toError } from '../../common/to-error.js';
import type { Query, QueueDatabase, Row } from '../connection/database.js';
import type { QueueJobAudit } from '../entities/queue-job-audit.entity.js';
import type { Tables } from '../connection/tables.js';

/** What is noted of an action. */
export type AuditRecord = Pick<QueueJobAudit, 'actor' | 'action' | 'target'> & {
  readonly details: Readonly<Record<string, unknown>>;
};

/** Which records: what is left out does not matter. */
export interface AuditFilter {
  readonly actor?: string | null;
  /** Whole, such as `jobs.requeue`, or what stands before its dot. */
  readonly action?: string | null;
  readonly target?: string | null;
}

/** Records that one page of a list reads at most. */
const WINDOW = 20_000;
/** Records that a search by something other than their number reads at most. */
const LOOKED_THROUGH = 5_000;

/** Who did what. */
export class AuditStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Does `work`; the record is written before it, and says after it how it ended. */
  async around<T>(record: AuditRecord, work: () => Promise<T>): Promise<T> {
    const id = await this.write({ ...record, details: { ...record.details, ended: false } });
    try {
      const result = await work();
      await this.complete(id, { ended: true });
      return result;
    } catch (error) {
      await this.complete(id, { ended: true, error: toError(error).message.slice(0, 500) });
      throw error;
    }
  }

  /** Returns the id of the record. */
  async write({ actor, action, target, details }: AuditRecord, query?: Query): Promise<string> {
    const ask: Query = query ?? ((...call) => this.database.query(...call));
    const rows = await ask(
      `INSERT INTO ${this.tables.audit} (actor, action, target, details) VALUES ($1, $2, $3, $4) RETURNING id`,
      [actor, action, target, JSON.stringify(details)],
    );
    return String(rows[0]?.['id']);
  }

  /** Adds to a record how it ended: it was written when the action began, so that it is not lost. */
  async complete(id: string, details: AuditRecord['details']): Promise<void> {
    await this.database.query(`UPDATE ${this.tables.audit} SET details = details || $2 WHERE id = $1`, [
      id,
      JSON.stringify(details),
    ]);
  }

  /** Who has paused each of these channels last, as far as that is among the last 5,000 records. */
  async pauses(channels: readonly string[]): Promise<Map<string, { actor: string; date: Date }>> {
    const rows = await this.database.query(
      `SELECT DISTINCT ON (r.target) r.target, r.actor, r.date
       FROM (SELECT * FROM ${this.tables.audit} ORDER BY id DESC LIMIT ${LOOKED_THROUGH}) r
       WHERE r.action = 'channels.change' AND r.target = ANY($1) AND r.details #>> '{change,paused}' = 'true'
       ORDER BY r.target, r.id DESC`,
      [channels],
    );
    return new Map(
      rows.map((row) => [
        row['target'] as string,
        { actor: row['actor'] as string, date: row['date'] as Date },
      ]),
    );
  }

  /** What was done to a channel, a job function or another single thing, as far as that is among the last 5,000 records. */
  async of(kind: string, target: string, limit: number): Promise<QueueJobAudit[]> {
    const rows = await this.database.look(
      `SELECT r.id::text AS id, r.date, r.actor, r.action, r.target, r.details
       FROM (SELECT * FROM ${this.tables.audit} ORDER BY id DESC LIMIT ${LOOKED_THROUGH}) r
       WHERE r.target = $2 AND starts_with(r.action, $1 || '.') ORDER BY r.id DESC LIMIT $3`,
      [kind, target, limit],
    );
    return rows.map(recordOf);
  }

  /**
   * The newest first; older than the one of this id where one is given. With a filter, of 20,000 records at most: `next` is
   * where to look on, null at the end.
   */
  async list(
    before: string | null,
    limit: number,
    { actor = null, action = null, target = null }: AuditFilter = {},
  ): Promise<{ records: QueueJobAudit[]; next: string | null }> {
    const rows = await this.database.look(
      `WITH seen AS MATERIALIZED (
         SELECT * FROM ${this.tables.audit} a WHERE $1::bigint IS NULL OR a.id < $1 ORDER BY a.id DESC LIMIT $3
       )
       SELECT l.seen, l.last::text AS last, r.id::text AS id, r.date, r.actor, r.action, r.target, r.details
       FROM (SELECT count(*) AS seen, min(id) AS last FROM seen) l LEFT JOIN LATERAL (
         SELECT * FROM seen f
         WHERE ($4::text IS NULL OR f.actor = $4) AND ($5::text IS NULL OR f.action = $5 OR starts_with(f.action, $5 || '.'))
           AND ($6::text IS NULL OR f.target = $6)
         ORDER BY f.id DESC LIMIT $2
       ) r ON true
       ORDER BY r.id DESC`,
      [before, limit + 1, WINDOW, actor, action, target],
    );
    const found = rows.filter((row) => row['id'] !== null).map(recordOf);
    const records = found.slice(0, limit);
    const isWhole = Number(rows[0]?.['seen']) < WINDOW;
    const further = isWhole ? null : (rows[0]?.['last'] as string);
    return { records, next: found.length > limit ? (records.at(-1)?.id ?? null) : further };
  }
}

const recordOf = (row: Row): QueueJobAudit => ({
  id: row['id'] as string,
  date: row['date'] as Date,
  actor: row['actor'] as string,
  action: row['action'] as string,
  target: row['target'] as string,
  details: row['details'] as Record<string, unknown>,
});
