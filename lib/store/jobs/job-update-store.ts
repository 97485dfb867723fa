import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
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

/** Changes jobs in place. */
export class JobUpdateStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /**
   * Changes a job that waits or has failed, and notes who did it. A claim under way is waited for: then its node has the
   * job, and nothing is changed. False where the job isn't there, or in no such state.
   */
  async update(uuid: string, change: JobChange, properties: readonly string[], by: string): Promise<boolean> {
    const { job, audit } = this.tables;
    const rows = await this.database.query(
      `WITH given AS (
         SELECT coalesce($8::timestamptz, clock_timestamp() + $7::float8 * interval '1 second') AS eta
       ), changed AS (
         UPDATE ${job} j SET
           priority = coalesce($2, j.priority), description = coalesce($3, j.description), channel = coalesce($4, j.channel),
           tags = CASE WHEN $5 THEN $6::jsonb ELSE j.tags END, args = coalesce($9::json, j.args),
           eta = coalesce(g.eta, j.eta),
           phase = CASE WHEN g.eta IS NULL OR j.phase NOT IN (${Phase.eta}, ${Phase.ready}) THEN j.phase
             WHEN g.eta > clock_timestamp() THEN ${Phase.eta} ELSE ${Phase.ready} END
         FROM given g
         WHERE j.uuid = $1 AND j.node IS NULL AND (j.phase <= ${Phase.ready} OR j.phase = ${Phase.failed})
         RETURNING j.uuid
       ), noted AS (
         INSERT INTO ${audit} (actor, action, target, details)
         SELECT $10, 'jobs.update', c.uuid::text, jsonb_build_object('changed', $11::jsonb) FROM changed c
       )
       SELECT uuid FROM changed`,
      [
        uuid,
        change.priority,
        change.description,
        change.channel,
        change.changesTags,
        change.tags,
        change.etaIn,
        change.etaAt,
        change.args,
        by,
        JSON.stringify(properties),
      ],
    );
    return rows.length > 0;
  }
}
