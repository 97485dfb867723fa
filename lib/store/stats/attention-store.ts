import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { Phase } from '../jobs/phase.js';
import { channelSums } from '../channels/channel-list.js';

/** A channel in which jobs wait and none starts. */
export interface HeldChannel {
  readonly channel: string;
  /** `closed`: its capacity is 0. `stopped`: it is sequential, and a job of it has failed. */
  readonly reason: 'paused' | 'closed' | 'stopped';
  /** With those of the subchannels; "at least", where many wait. */
  readonly waiting: number;
  /** The failed job that stops it. */
  readonly uuid: string | null;
}

/** Attempts that failed, those that will be retried included. */
export interface FailureRate {
  /** Within the last 15 minutes. */
  readonly recent: number;
  /** In 15 minutes, on average over the three hours before. */
  readonly usual: number;
}

const MOST = 20;

/** What somebody has to do something about. Each look reads a bounded number of rows. */
export class AttentionStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Those in which most jobs wait. */
  async heldChannels(): Promise<HeldChannel[]> {
    const rows = await this.database.query(heldChannelsStatement(this.tables), [MOST]);
    return rows.map((row) => ({
      channel: row['channel'] as string,
      reason: row['reason'] as HeldChannel['reason'],
      waiting: Number(row['waiting']),
      uuid: row['uuid'] as string | null,
    }));
  }

  async failureRate(): Promise<FailureRate> {
    const rows = await this.database.query(
      `SELECT coalesce(sum(failed + retried) FILTER (WHERE bucket > clock_timestamp() - interval '15 minutes'), 0) AS recent,
         coalesce(sum(failed + retried) FILTER (WHERE bucket <= clock_timestamp() - interval '15 minutes'), 0) / 12.0 AS usual
       FROM ${this.tables.rollup}
       WHERE width = 60 AND bucket > clock_timestamp() - interval '195 minutes' AND name <> ''`,
    );
    return { recent: Number(rows[0]?.['recent']), usual: Number(rows[0]?.['usual']) };
  }
}

/** The first failed job of a channel or below it is found by the index that begins with phase and channel. */
export const heldChannelsStatement = (t: Tables): string => `
  WITH live AS (${channelSums(t)})
  SELECT c.name AS channel, l.waiting, f.uuid,
    CASE WHEN c.paused THEN 'paused' WHEN c.capacity = 0 THEN 'closed' ELSE 'stopped' END AS reason
  FROM ${t.channel} c JOIN live l ON l.name = c.name
  LEFT JOIN LATERAL (
    SELECT j.uuid FROM ${t.job} j
    WHERE c.sequential AND j.phase = ${Phase.failed} AND (j.channel = c.name OR j.channel >= c.name || '.' AND j.channel < c.name || '/')
    ORDER BY j.channel, j.priority, j.seq LIMIT 1
  ) f ON true
  WHERE l.waiting > 0 AND (c.paused OR c.capacity = 0 OR c.sequential AND l.failed > 0) AND right(c.name, 2) <> '.*'
  ORDER BY l.waiting DESC, c.name LIMIT $1`;
