import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { retryOnDeadlock } from '../connection/retry-on-deadlock.js';
import { Phase } from './phase.js';

/** The new values of a job; null leaves one as it is. */
export interface JobChange {
  readonly priority: number | null;
  readonly description: string | null;
  readonly channel: string | null;
  readonly changesTags: boolean;
  /** JSON text. */
  readonly tags: string | null;
  readonly etaIn: number | null;
  readonly etaAt: Date | null;
  /** JSON text. */
  readonly args: string | null;
}

/** Who changed a job, for the audit trail, and which of its properties. */
export interface UpdateNote {
  readonly by: string;
  readonly properties: readonly string[];
}

/** Changes jobs in place. */
export class JobUpdateStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /**
   * Changes jobs that wait or have failed, with `waiting` only those that wait. A claim under way is waited for: then its
   * node has the job, and the job is left as it is.
   *
   * @param note - null: nothing is written into the audit trail
   * @returns the jobs it changed
   */
  async update(
    uuids: readonly string[],
    change: JobChange,
    { note = null, waiting = false }: { note?: UpdateNote | null; waiting?: boolean } = {},
  ): Promise<string[]> {
    const { job, audit } = this.tables;
    const rows = await retryOnDeadlock(async () =>
      this.database.query(
        `WITH given AS (
           SELECT coalesce($8::timestamptz, clock_timestamp() + $7::float8 * interval '1 second') AS eta
         ), locked AS (
           SELECT l.uuid FROM ${job} l WHERE l.uuid = ANY($1) ORDER BY l.uuid FOR UPDATE
         ), changed AS (
           UPDATE ${job} j SET
             priority = coalesce($2, j.priority), description = coalesce($3, j.description), channel = coalesce($4, j.channel),
             tags = CASE WHEN $5 THEN $6::jsonb ELSE j.tags END, args = coalesce($9::json, j.args),
             eta = coalesce(g.eta, j.eta),
             phase = CASE WHEN g.eta IS NULL OR j.phase NOT IN (${Phase.eta}, ${Phase.ready}) THEN j.phase
               WHEN g.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END
           FROM given g, locked l
           WHERE j.uuid = l.uuid AND j.node IS NULL
             AND (j.phase <= ${Phase.ready} OR j.phase = ${Phase.failed} AND NOT $12)
           RETURNING j.uuid
         ), noted AS (
           INSERT INTO ${audit} (actor, action, target, details)
           SELECT $10::text, 'jobs.update', c.uuid::text, jsonb_build_object('changed', $11::jsonb) FROM changed c
           WHERE $10::text IS NOT NULL
         )
         SELECT uuid FROM changed`,
        [
          uuids,
          change.priority,
          change.description,
          change.channel,
          change.changesTags,
          change.tags,
          change.etaIn,
          change.etaAt,
          change.args,
          note?.by ?? null,
          JSON.stringify(note?.properties ?? []),
          waiting,
        ],
      ),
    );
    return rows.map((row) => row['uuid'] as string);
  }
}
