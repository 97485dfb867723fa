import type { NewJob } from '../insert/new-job.js';
import type { StoredDefinition, StoredOverride } from './schedule-definition.js';

/** A schedule's row. Instants are milliseconds since the epoch of Unix. */
export interface ScheduleRow {
  readonly name: string;
  readonly source: 'code' | 'data';
  readonly jobName: string;
  readonly definition: StoredDefinition;
  readonly override: StoredOverride | null;
  readonly version: number;
  readonly nextTick: number | null;
  readonly lastTick: number | null;
  readonly ticks: number;
  readonly pausedAt: number | null;
}

/** A schedule whose tick has come. */
export interface DueSchedule extends ScheduleRow {
  readonly nextTick: number;
  /** Since when some living node has served it. */
  readonly servedSince: number | null;
}

/** What a node serves. */
export interface ServedSchedules {
  readonly node: number;
  /** Those of its code. */
  readonly schedules: readonly string[];
  /** Its job functions: schedules that data made are served by the nodes that know theirs. */
  readonly jobNames: readonly string[];
}

export interface DueSchedules {
  /** By the database's clock. */
  readonly now: number;
  readonly due: readonly DueSchedule[];
  /** Milliseconds until the nearest tick to come. */
  readonly nextIn: number | null;
  /** The place of the node among those that serve the same, from 0 on. */
  readonly place: number;
}

/** A schedule that is moved on, as `queue_job_store_ticks_1` reads it. */
export interface TickMove {
  readonly name: string;
  readonly version: number;
  readonly tick: string;
  readonly next: string | null;
  readonly missed: number;
  readonly noOverlap: boolean;
  readonly maxTicks: number | null;
}

/** The job of a tick, as `queue_job_store_ticks_1` reads it. */
export interface TickJob extends Pick<
  NewJob,
  | 'uuid'
  | 'name'
  | 'channel'
  | 'priority'
  | 'maxRetries'
  | 'args'
  | 'description'
  | 'identityKey'
  | 'identityUntilDone'
  | 'tags'
  | 'startBeforeIn'
  | 'userId'
  | 'context'
> {
  readonly schedule: string;
  readonly tick: string;
  /** Milliseconds from the tick to the eta. */
  readonly delay: number;
}

/** What became of a schedule that was moved on. */
export interface StoredTicks {
  readonly name: string;
  readonly stored: number;
  readonly skipped: number;
}

/** A schedule that has no row yet. */
export type NewSchedule = Pick<ScheduleRow, 'name' | 'source' | 'jobName' | 'definition' | 'nextTick'>;
