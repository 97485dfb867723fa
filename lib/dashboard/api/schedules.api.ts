import type { JobState } from '../../job/job-state.js';

/** When a schedule ticks, and what its jobs are given. Times are milliseconds. */
export interface ScheduleTiming {
  /** Null if it has an interval. */
  readonly cron: string | null;
  /** The interval; null if it has a cron expression. */
  readonly every: number | null;
  readonly timeZone: string;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly maxTicks: number | null;
  readonly noOverlap: boolean;
  readonly catchUp: 'none' | 'last' | 'all';
  readonly jitter: number;
  /** Null: that of the job function. */
  readonly channel: string | null;
  readonly priority: number;
  readonly maxRetries: number;
}

/** A job of a schedule. */
export interface ScheduleRunView {
  readonly uuid: string;
  readonly state: JobState;
  readonly scheduledAt: string;
  /** Somebody asked for it. */
  readonly manual: boolean;
  /** When it ended, else when it began; null while it waits. */
  readonly date: string | null;
  readonly execTime: number | null;
}

/** `GET schedules/:name`, and one of a page. */
export interface ScheduleView extends ScheduleTiming {
  readonly name: string;
  readonly source: 'code' | 'data';
  readonly jobName: string;
  readonly description: string;
  /** As its code, or the last upsert, says. */
  readonly declared: ScheduleTiming;
  /** What was changed at run time; `POST schedules/:name/reset` takes it back. */
  readonly changed: readonly (keyof ScheduleTiming)[];
  /** Three at most. */
  readonly nextTicks: readonly string[];
  readonly lastTick: string | null;
  readonly lastRun: ScheduleRunView | null;
  readonly ticks: number;
  readonly skipped: number;
  readonly missed: number;
  readonly dateSkipped: string | null;
  readonly paused: { readonly at: string; readonly by: string | null } | null;
  readonly gone: boolean;
}

/** `GET schedules?search=…&cursor=…`, by name. */
export interface SchedulePage {
  readonly schedules: readonly ScheduleView[];
  readonly next: string | null;
}

/** `PATCH schedules/:name`; null gives that one back. */
export type ScheduleChangeRequest = {
  readonly [Property in keyof ScheduleTiming]?: ScheduleTiming[Property] | null;
};

/** `PUT schedules/:name`: a schedule that calls a job function with these arguments. */
export interface ScheduleAddRequest {
  /** Of a job function with `@Job({ schedulable: true })`. */
  readonly jobName: string;
  /** As JSON, with types as they are stored: `{ "$type": "Date", "value": "…" }`. */
  readonly args: readonly unknown[];
  readonly cron?: string;
  readonly every?: number | string;
  readonly timeZone?: string;
}
