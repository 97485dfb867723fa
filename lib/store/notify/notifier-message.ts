import type { JobEvent } from '../../job/job-event.js';
import { mergeReadyJobs, parseReadyJobs, type ReadyJobs } from './ready-jobs.js';

/** What one part of the cluster tells the others. */
export interface NotifierMessage {
  /** Jobs may be ready, nobody knows which: every node that has room comes. */
  ready?: boolean;
  /** These jobs are ready: as many nodes come as it takes. */
  jobs?: readonly ReadyJobs[];
  /** Nodes that have no room just now, or don't answer: others come in their place. */
  full?: readonly number[];
  /** A job with an eta was stored: milliseconds until then. */
  dueIn?: number;
  /** A schedule ticks in so many milliseconds. */
  tickIn?: number;
  /** A node has stored what was due: those that serve the same schedules need not look before the next tick. */
  ticked?: Ticked;
  /** The channels have changed. */
  config?: boolean;
  /** The job functions have changed. */
  functions?: boolean;
  /** Something was asked of a node. */
  nodes?: boolean;
  /** Jobs that a node is asked to cancel. */
  cancel?: string[];
  /** The same from another process, or from anybody who can send a notification: to be looked up first. */
  mayCancel?: string[];
  /** Channels in which a node found ready jobs, but no room, and that node. */
  starved?: { readonly node: number; readonly channels: readonly string[] }[];
  /** Jobs that have ended. Other processes get those that somebody awaits; see {@link EndNotices}. */
  ended?: string[];
  /** Jobs that another process awaits. */
  awaits?: string[];
  /** From now on this process hears the others; never sent. */
  hears?: boolean;
  /** What has happened to jobs here; see {@link JobEvents}, which sends it to those who listen elsewhere. */
  events?: readonly JobEvent[];
  /** The same from another process, as it came. */
  remoteEvents?: unknown;
  /** Another process listens to the events of all, or asks who does, and who awaits the ends of jobs. */
  eventTalk?: 'listening' | 'asking';
}

export interface Ticked {
  /** Milliseconds until the next tick of what the node serves. */
  readonly nextIn: number;
  /** What it serves, as a digest. */
  readonly served: string;
}

/** Every role of the database can send a notification: only what has its right type is heard, the rest wakes. */
export function readMessage(text: string): NotifierMessage {
  let given: Readonly<Record<string, unknown>>;
  try {
    given = { ...(JSON.parse(text) as object) };
  } catch {
    return { ready: true };
  }
  const {
    ready,
    config,
    functions,
    nodes,
    dueIn,
    tickIn,
    ticked,
    cancel,
    starved,
    full,
    events,
    eventTalk,
    ended,
    awaits,
  } = given;
  const jobs = parseReadyJobs(given['jobs']);
  return {
    ...((ready === true || (given['jobs'] !== undefined && jobs === undefined)) && { ready: true }),
    ...(jobs !== undefined && { jobs }),
    ...(Array.isArray(full) && full.every(isNumber) && { full }),
    ...(config === true && { config }),
    ...(functions === true && { functions }),
    ...(nodes === true && { nodes }),
    ...(typeof dueIn === 'number' && { dueIn }),
    ...(typeof tickIn === 'number' && { tickIn }),
    ...(isTicked(ticked) && { ticked }),
    ...(isTexts(cancel) && { mayCancel: cancel }),
    ...(isUuids(ended) && { ended }),
    ...(isUuids(awaits) && { awaits }),
    ...(Array.isArray(starved) && starved.every(isStarved) && { starved }),
    ...(Array.isArray(events) && { remoteEvents: events }),
    ...((eventTalk === 'listening' || eventTalk === 'asking') && { eventTalk }),
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

const isTicked = (value: unknown): value is Ticked =>
  typeof value === 'object' &&
  value !== null &&
  isNumber((value as { nextIn?: unknown }).nextIn) &&
  typeof (value as { served?: unknown }).served === 'string';

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** As all write them who send them. */
const isUuids = (value: unknown): value is string[] =>
  isTexts(value) && value.every((one) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(one));

const isStarved = (value: unknown): value is { node: number; channels: string[] } =>
  typeof value === 'object' &&
  value !== null &&
  isNumber((value as { node?: unknown }).node) &&
  isTexts((value as { channels?: unknown }).channels);

/** Both in one; `into` is changed where there is one. */
export function merge(into: NotifierMessage | null, message: NotifierMessage): NotifierMessage {
  if (into === null) return { ...message };
  if (message.ready === true) into.ready = true;
  if (message.config === true) into.config = true;
  if (message.functions === true) into.functions = true;
  if (message.nodes === true) into.nodes = true;
  if (message.jobs !== undefined) into.jobs = mergeReadyJobs(into.jobs ?? [], message.jobs);
  if (message.full !== undefined) into.full = [...new Set([...(into.full ?? []), ...message.full])];
  if (message.dueIn !== undefined) into.dueIn = Math.min(message.dueIn, into.dueIn ?? Infinity);
  if (message.tickIn !== undefined) into.tickIn = Math.min(message.tickIn, into.tickIn ?? Infinity);
  if (message.ticked !== undefined) into.ticked = message.ticked;
  if (message.cancel !== undefined) into.cancel = [...(into.cancel ?? []), ...message.cancel];
  if (message.events !== undefined) into.events = [...(into.events ?? []), ...message.events];
  if (message.starved !== undefined) into.starved = [...(into.starved ?? []), ...message.starved];
  return into;
}
