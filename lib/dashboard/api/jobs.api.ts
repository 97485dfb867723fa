import type { JobState } from '../../job/job-state.js';
import type { JobActionName } from './actions.api.js';
import type { JobSortName } from './lists.api.js';

/** What of a filter stands in the query string; the page holds the same in its own URL. */
export interface JobQuery {
  /** States, separated by commas. */
  readonly state?: string;
  /** `Provider.method`. */
  readonly name?: string;
  /** A channel, its subchannels included. */
  readonly channel?: string;
  /** The id of the node that has, or last had, the job. */
  readonly node?: string;
  readonly priority?: string;
  readonly user?: string;
  /** One of its tags. */
  readonly tag?: string;
  /** Created at or after: ISO 8601. */
  readonly from?: string;
  /** Created before: ISO 8601. */
  readonly to?: string;
  /** Created in the last such time: `15m`, `1h`, `7d`. */
  readonly since?: string;
  /** Created longer ago than this: `10m`. */
  readonly until?: string;
  /** The name of the error, such as `TypeError`. */
  readonly error?: string;
  /** The group of failures, as `GET failures` names it. */
  readonly failure?: string;
  /** A text in the description, in any case. */
  readonly text?: string;
  /**
   * A value at a path of the arguments: `[0].customer.id=42`, or `customer.id=42` for any of them; the value is JSON, or
   * else taken as a string.
   */
  readonly arg?: string;
  /**
   * A text anywhere in the job: description, name, arguments, identity key, error, tags, user, channel, the beginning of its
   * uuid.
   */
  readonly search?: string;
  /** A whole value anywhere in the arguments. */
  readonly value?: string;
  /** A text in the identity key, in any case. */
  readonly key?: string;
  /** A text in the message of the last error, in any case. */
  readonly message?: string;
  /** The first digits of the uuid, at least four. */
  readonly id?: string;
  readonly graph?: string;
  readonly batch?: string;
  /** Uuids, separated by commas, at most 200: to read again the rows that the page shows. */
  readonly uuids?: string;
}

export interface JobPageQuery extends JobQuery {
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 200. Default: 50. */
  readonly limit?: string;
  /** All but `newest` have one page, and no `next`. */
  readonly sort?: JobSortName;
}

/** A job as a row of a list: no payload in it. */
export interface JobSummary {
  readonly uuid: string;
  readonly name: string;
  /** At most 300 characters. */
  readonly description: string;
  readonly state: JobState;
  readonly channel: string;
  readonly priority: number;
  readonly retry: number;
  /** 0: without end. */
  readonly maxRetries: number;
  readonly node: number | null;
  readonly userId: string | null;
  readonly tags: readonly string[];
  readonly graphUuid: string | null;
  readonly batchUuid: string | null;
  /** ISO 8601, as all dates here. */
  readonly eta: string | null;
  readonly dateCreated: string;
  readonly dateEnqueued: string | null;
  readonly dateStarted: string | null;
  readonly dateDone: string | null;
  /** Seconds. */
  readonly execTime: number | null;
  readonly progress: Progress | null;
  readonly excName: string | null;
  /** At most 300 characters. */
  readonly excMessage: string | null;
  /** Somebody asked to cancel it while a node has it. */
  readonly cancelling: boolean;
  /** What its state allows and the rights of the asker let them do. */
  readonly actions: readonly JobActionName[];
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
}

export interface JobPage {
  /** The newest first. */
  readonly jobs: readonly JobSummary[];
  /** Null at the end. */
  readonly next: string | null;
  /**
   * A page looks at a bounded number of rows, so that it answers fast whatever the filter: where it found fewer than
   * asked before the end, this is the creation date down to which it has looked, and `next` goes on from there.
   */
  readonly searchedTo: string | null;
}

export interface JobCount {
  readonly count: number;
  /** There are more: the count stopped here. */
  readonly capped: boolean;
}

/** `GET jobs/count?…`, up to 10,000; with `exact=true` to the end, or 422 where that takes too long. */
export interface JobMatchCount extends JobCount {
  /**
   * When it was counted, by the clock of the database. An action for what was counted has it as `to` in its filter,
   * unless that has an earlier one: so what was stored since neither counts nor is changed.
   */
  readonly at: string;
}

/** A value of a payload, ready to be shown: no more of it than a person reads, and no type lost. */
export type ValueNode =
  | { readonly t: 'null' | 'undefined' }
  | { readonly t: 'boolean'; readonly v: boolean }
  /** As text, so that `-0`, `NaN` and bigints stay what they are. */
  | { readonly t: 'number' | 'bigint'; readonly v: string }
  /** `cut`: how many characters more there are. */
  | { readonly t: 'string'; readonly v: string; readonly cut?: number }
  /** A type with one text: Date (ISO), URL, RegExp, Buffer and typed arrays (a short hex), a registered codec (its name in `type`). */
  | { readonly t: 'typed'; readonly type: string; readonly v: string; readonly cut?: number }
  /** An entity, by reference. */
  | { readonly t: 'entity'; readonly entity: string; readonly id: string }
  /** `type`: `Array`, `Set`. `cut`: how many items more there are. */
  | { readonly t: 'list'; readonly type: string; readonly items: readonly ValueNode[]; readonly cut?: number }
  /** `type`: `Object`, `Map`, `Error` or a registered codec. Keys of a Map are shown as text. */
  | {
      readonly t: 'record';
      readonly type: string;
      readonly entries: readonly (readonly [string, ValueNode])[];
      readonly cut?: number;
    }
  | { readonly t: 'redacted' }
  /** It can't be decoded: the reason. */
  | { readonly t: 'damaged'; readonly v: string };

export interface JobDetail extends JobSummary {
  readonly fullDescription: string;
  readonly identityKey: string | null;
  /** Seconds. */
  readonly timeout: number | null;
  readonly transactional: boolean;
  readonly args: readonly ValueNode[];
  readonly result: ValueNode | null;
  readonly context: ValueNode | null;
  /** Which of its payloads are longer than what stands here: `GET jobs/:uuid/text/:field` has all of them. */
  readonly longer: readonly PayloadField[];
  /** Who asked to cancel it. */
  readonly cancelBy: string | null;
  /** Seconds from its creation, or its eta, to its start. */
  readonly waitTime: number | null;
  readonly timeline: readonly TimelineEntry[];
  readonly attempts: readonly AttemptView[];
  /** Jobs that have to be done before it. */
  readonly parents: readonly RelatedJob[];
  readonly children: readonly RelatedJob[];
  /** Parents or children beyond the 200 that stand here. */
  readonly moreRelatives: number;
  /** The call that would enqueue it again. */
  readonly code: string;
  /** There is a related action to ask for. */
  readonly hasRelatedAction: boolean;
  /** Whether a living node knows its name: where none does, nobody will run it. */
  readonly known: boolean;
}

export type PayloadField = 'args' | 'result' | 'context' | 'error';

export interface TimelineEntry {
  readonly state: JobState | 'eta';
  readonly date: string;
  /** The attempt it belongs to, from 1. */
  readonly retry: number | null;
  readonly node: number | null;
  /** Seconds until the next entry; null at the last. */
  readonly seconds: number | null;
}

export interface AttemptView {
  readonly retry: number;
  readonly node: number | null;
  readonly dateStarted: string | null;
  readonly dateEnded: string | null;
  readonly seconds: number | null;
  readonly error: ErrorView | null;
}

export interface ErrorView {
  readonly name: string;
  /** At most 4,000 characters. */
  readonly message: string;
  /** The frames of the application first, then the others, in order; at most 100. */
  readonly frames: readonly StackFrame[];
  /** What caused it, outermost first. */
  readonly causes: readonly {
    readonly name: string;
    readonly message: string;
    readonly frames: readonly StackFrame[];
  }[];
  /** Not all of it stands here. */
  readonly cut: boolean;
}

export interface StackFrame {
  readonly text: string;
  /** Neither of Node nor of a package. */
  readonly own: boolean;
}

export interface RelatedJob {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly state: JobState;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Pass it as `after` for those that come later. */
  readonly last: string | null;
}

export interface LogLine {
  readonly id: string;
  readonly retry: number;
  readonly date: string;
  /** At most 4,000 characters. */
  readonly message: string;
  readonly data: ValueNode | null;
}

/** `GET jobs/:uuid/related-action`. Null: it has none. */
export interface RelatedActionView {
  readonly label: string | null;
  /** `http:`, `https:` or relative: nothing else gets here. */
  readonly url: string | null;
  readonly data: ValueNode | null;
}
