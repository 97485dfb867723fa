import { namedStatement, type QueueDatabase, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';

/** Channels that are reported by name. */
const MOST = 20;

/** What a probe reads. */
export interface HealthFacts {
  /** For how long the job that has waited longest for its turn has been ready, in seconds; null if none waits. */
  readonly oldestWaiting: number | null;
  /** Paused channels in which, or below which, a job is ready: the first 20 by name. */
  readonly pausedChannels: readonly string[];
}

/** What a health check asks of the database: one statement, whose cost does not grow with the queue. */
export class HealthStore {
  private readonly statement: Statement;

  constructor(
    private readonly database: QueueDatabase,
    tables: Tables,
  ) {
    this.statement = namedStatement('queue_job_health', healthStatement(tables));
  }

  async read(): Promise<HealthFacts> {
    const [row] = await this.database.run(this.statement, [MOST]);
    return {
      oldestWaiting: (row?.['seconds'] ?? null) as number | null,
      pausedChannels: JSON.parse((row?.['paused'] as string | undefined) ?? '[]') as string[],
    };
  }
}

/** Whether a job is ready in a paused channel is one look into the index by channel, another for those below it. */
const healthStatement = (t: Tables): string => `
  SELECT CASE WHEN w.uuid IS NOT NULL THEN w.seconds END AS seconds, (
    SELECT coalesce(json_agg(p.name ORDER BY p.name), '[]')::text FROM (
      SELECT c.name FROM ${t.channel} c
      WHERE c.paused AND right(c.name, 2) <> '.*' AND (
        EXISTS (SELECT FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL AND j.channel = c.name)
        OR EXISTS (
          SELECT FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL
            AND j.channel > c.name || '.' AND j.channel < c.name || '/'
        )
      ) ORDER BY c.name LIMIT $1
    ) p
  ) AS paused
  FROM ${t.name('queue_job_waiting_1')}() w`;
