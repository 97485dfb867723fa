import type { AuditEntry } from './cluster.api.js';

/** `GET channels`, `GET channels/:name`. */
export interface ChannelView extends ChannelProperties {
  readonly name: string;
  /** With those of the subchannels. */
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  /** The earliest next start, with a throttle. */
  readonly nextStart: string | null;
  /** What the application's code says; null where it says nothing. */
  readonly configured: Partial<ChannelProperties> | null;
  /** What was changed at run time; empty where nothing was. `POST channels/:name/reset` takes it back. */
  readonly changed: Partial<ChannelProperties>;
  /** The nearest channel above it that is paused: nothing starts here either. */
  readonly pausedAbove: string | null;
  /** Who has paused it here, and when; null if it is not paused, or was paused elsewhere. */
  readonly pause: { readonly actor: string; readonly date: string } | null;
}

/** `PATCH channels/:name` takes any of them. */
export interface ChannelProperties {
  /** Null: without limit. */
  readonly capacity: number | null;
  readonly sequential: boolean;
  /** Seconds between two starts. */
  readonly throttle: number | null;
  /** At most `limit` starts in any `per` seconds. */
  readonly rate: { readonly limit: number; readonly per: number } | null;
  readonly fair: boolean;
  readonly paused: boolean;
  /** Milliseconds that ended jobs are kept; null: as the module says. */
  readonly removalInterval: number | null;
}

/** `GET channels/:name/load`: how it goes, its subchannels included. */
export interface ChannelLoad {
  /** Jobs that ended within the last hour. */
  readonly ended: number;
  /** Jobs that end in a minute, on average over the last 15. */
  readonly perMinute: number;
  /** Seconds of the last hour, those of jobs that wait still counted in; null where nothing waited. */
  readonly wait: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  /** The job that has waited longest of those that could start. */
  readonly oldest: { readonly uuid: string; readonly seconds: number } | null;
  /** Seconds until nothing waits any more if jobs go on to end at this rate and no more come; null if none end. */
  readonly secondsToEmpty: number | null;
  /** The living nodes that serve it. */
  readonly nodes: readonly { readonly id: number; readonly name: string }[];
  /** Those with jobs here, that which took most time within the last hour first. */
  readonly functions: readonly ChannelFunctionView[];
  /** What was changed here, the newest first; null for those without the right `audit`. */
  readonly changes: readonly AuditEntry[] | null;
}

export interface ChannelFunctionView {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
  /** Within the last hour. */
  readonly ended: number;
  /** Seconds that its attempts ran within the last hour, together. */
  readonly total: number;
  /** Of the time of all functions here, 0 to 1. */
  readonly share: number;
}
