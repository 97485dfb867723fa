import type { Attention } from '../../job/attention.js';
import type { JobState } from '../../job/job-state.js';
import type { JobCount, JobSummary, Progress } from './jobs.api.js';

/** `GET about`: what the page needs before anything else. */
export interface About {
  /** Of the library. */
  readonly version: string;
  /** What the asker may do. `read` is given where this can be read at all. */
  readonly rights: Rights;
  /** Where the application's CSRF protection wants its token: the page reads the cookie and sends the header. */
  readonly csrf: { readonly cookie: string; readonly header: string } | null;
  readonly title: string;
}

export type Right =
  | 'requeue'
  | 'update'
  | 'cancel'
  | 'done'
  | 'delete'
  | 'channels'
  | 'functions'
  | 'schedules'
  | 'nodes'
  | 'audit';
export type Rights = Readonly<Record<Right, boolean>>;

/** Jobs by state; a count over 10,000 may be capped, or for ended ones an estimate of the planner. */
export type StateCounts = Readonly<Record<JobState, JobCount>>;

/** `GET overview`. */
export interface Overview {
  readonly counts: StateCounts;
  /** Ready to run, its eta passed, and not yet taken. */
  readonly oldestWaiting: JobSummary | null;
  /** Seconds that it has waited. */
  readonly oldestWait: number | null;
  /** By jobs ended in the last hour, then by those waiting; at most 8. */
  readonly busiest: readonly {
    readonly channel: string;
    readonly ended: number;
    readonly running: number;
    readonly waiting: number;
    readonly capacity: number | null;
  }[];
  readonly nodes: { readonly alive: number; readonly running: number; readonly concurrency: number };
  /** Jobs whose name no living node knows. */
  readonly unknownNames: readonly string[];
  /** What somebody has to do something about, the most urgent first; empty if all is well. */
  readonly attention: readonly AttentionItem[];
}

/** Dates are ISO 8601. */
export type AttentionItem = Attention<string>;

export type MetricsRange = 'hour' | 'day' | 'week';

/** `GET metrics?range=…&channel=…&name=…`: points of equal distance, the oldest first; the last is not over. */
export interface Metrics {
  readonly range: MetricsRange;
  /** Seconds between two points: 60, 900, 3600. */
  readonly step: number;
  /** The start of each point: seconds since 1970. */
  readonly times: readonly number[];
  /** Ended as each, per point. */
  readonly done: readonly number[];
  readonly failed: readonly number[];
  readonly retried: readonly number[];
  readonly cancelled: readonly number[];
  /** Seconds; null where nothing ended. */
  readonly wait: Percentiles;
  readonly run: Percentiles;
  /** Jobs that waited for their turn, at the end of the point; null where nobody looked. */
  readonly depth: readonly (number | null)[];
}

export interface Percentiles {
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/**
 * `GET failures`: jobs that are `failed` now or wait for another attempt, by name and kind of error; the group with the
 * last failure first.
 */
export interface FailureGroup {
  /** Pass it as `failure` in a filter. */
  readonly id: string;
  readonly name: string;
  readonly excName: string;
  /** Of the last one; at most 500 characters. */
  readonly excMessage: string;
  /** Jobs that have failed for good. */
  readonly count: number;
  /** Jobs that wait for another attempt. */
  readonly retrying: number;
  /** The first attempt that ended so; requeueing its job does not change it. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Attempts that ended so in each of the last 24 hours, the oldest first. */
  readonly spark: readonly number[];
  /** Some of its jobs, the last failed first. */
  readonly jobs: readonly string[];
  /** Who has muted it, so that it no longer counts as something that needs attention; `until` null: until it is unmuted. */
  readonly muted: { readonly actor: string; readonly date: string; readonly until: string | null } | null;
}

/** `GET nodes`. */
export interface NodeView {
  readonly id: number;
  /** `host:pid`. */
  readonly name: string;
  readonly state: 'alive' | 'draining' | 'stopping' | 'suspect' | 'dead';
  /** Whether it holds a session lock, or else a lease. */
  readonly listens: boolean;
  /** Of the library. */
  readonly version: string | null;
  /** Of the application: the module option `version`. */
  readonly release: string | null;
  /** The channels that it serves, with those below them; null is all. */
  readonly channels: readonly string[] | null;
  /** The job functions that it knows, by name. */
  readonly functions: readonly string[];
  readonly dateStarted: string;
  readonly dateSeen: string;
  readonly dateEnded: string | null;
  readonly concurrency: number;
  readonly running: readonly JobSummary[];
  /** Bytes: the resident set at the last sign of life. */
  readonly memory: number | null;
  /** Of one core, over the last interval: 0 to the number of cores. */
  readonly cpu: number | null;
}

/** `GET nodes/names`: what nodes are called wherever one is named, those that have ended included; the 1,000 newest. */
export interface NodeName {
  readonly id: number;
  /** `host:pid`. */
  readonly name: string;
  readonly release: string | null;
}

/** `POST nodes/:id/actions/:action`: claims no more; claims again; ends what runs, then leaves. */
export type NodeActionName = 'drain' | 'resume' | 'stop';

/** `GET batches?state=open&cursor=…`, `GET batches/:uuid`. */
export interface BatchView {
  readonly uuid: string;
  readonly name: string;
  readonly state: 'open' | 'closed' | 'ended';
  readonly counts: Readonly<Record<JobState, number>>;
  readonly total: number;
  /** 0 to 1. */
  readonly completeness: number;
  /** 0 to 100. */
  readonly failedPercentage: number;
  readonly dateCreated: string;
  readonly dateEnded: string | null;
}

export interface BatchDetail extends BatchView {
  /** Uuids of graphs that its members belong to, 20 at most. */
  readonly graphs: readonly string[];
}

export interface BatchPage {
  readonly batches: readonly BatchView[];
  readonly next: string | null;
}

/** `GET graphs/:uuid`. */
export interface GraphView {
  readonly uuid: string;
  readonly nodes: readonly GraphNodeView[];
  /** Indexes into `nodes`: parent, child. */
  readonly edges: readonly (readonly [number, number])[];
  readonly counts: Readonly<Record<JobState, number>>;
  /** The batches that its jobs belong to. */
  readonly batches: readonly { readonly uuid: string; readonly name: string }[];
  /** How many jobs it has beyond the 10,000 that stand here. */
  readonly cut: number;
}

export interface GraphNodeView {
  readonly uuid: string;
  readonly name: string;
  /** At most 120 characters. */
  readonly description: string;
  readonly state: JobState;
  readonly progress: Progress | null;
  /** Why it can not start: jobs before it, at any distance, that failed or were cancelled; three indexes at most. */
  readonly waitingFor: readonly number[];
}

/**
 * `GET audit?actor=…&action=…&target=…&cursor=…`: who did what here, the newest first. With a filter a page may be empty
 * though `next` goes on.
 */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly date: string;
  /** As the option `actor` tells; `unknown` without it. */
  readonly actor: string;
  /** `jobs.requeue`, `channels.change`, … */
  readonly action: string;
  /** A uuid, a channel, a function, a node, or a filter as a query string. */
  readonly target: string;
  /** What was asked and how it ended, as JSON. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * `GET events`, server-sent: `pulse` each second while something changes, and at least every 15 s; `job` where the page
 * asked for one with `?job=<uuid>` and it changed.
 */
export interface PulseEvent {
  readonly counts: StateCounts;
  /** Changes whenever any job did; then the page reads again the rows that it shows. */
  readonly version: string;
}

export interface JobEvent {
  readonly job: JobSummary;
  /** The id of the last line of its log. */
  readonly lastLog: string | null;
}

/** Every error, as RFC 9457 has it: `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** That of the library's error, such as `QUEUE_JOB_STATE`. */
  readonly code?: string;
  /** Which input is wrong, and what is allowed. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** With 409: how many match by now. */
  readonly count?: number;
}
