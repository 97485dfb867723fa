import { normalizeChannelName } from '../../../channel/channel-name.js';
import type { ChannelProperties as ChannelEdit } from '../../../services/channel.service.js';
import { BATCH_STATES } from '../../../job/batch-progress.js';
import { type SecondsPattern, validateRetryPattern } from '../../../job/retry-pattern.js';
import type { NodeActionName } from '../../api/cluster.api.js';
import { parseInput } from './parse.js';
import { maybe, object, readBy, text, uuid, wholeNumber } from './texts.input.js';
import {
  array,
  boolean,
  check,
  finite,
  maxLength,
  minValue,
  nullable,
  number,
  optional,
  picklist,
  pipe,
  rawTransform,
  regex,
  string,
  transform,
  unknown,
} from './valibot.js';

const MAX_INTEGER = 2_147_483_647;
const channel = readBy(normalizeChannelName);

const metricsSchema = object({
  range: optional(picklist(['hour', 'day', 'week'], 'must be hour, day or week'), 'hour'),
  channel: maybe(channel),
  name: maybe(text(255)),
});

const channelsSchema = object({
  text: maybe(text(255)),
  after: maybe(channel),
  limit: maybe(wholeNumber(1, 1_000)),
});

const CURSOR = 'must be the next of the page before';
const auditSchema = object({
  cursor: maybe(pipe(string(CURSOR), regex(/^\d{1,18}$/, CURSOR))),
  actor: maybe(text(255)),
  action: maybe(text(100)),
  target: maybe(text(1_000)),
});

const batchesSchema = object({
  state: maybe(picklist(BATCH_STATES, `must be ${BATCH_STATES.join(', ')}`)),
  cursor: maybe(uuid),
});

const NUMBER = 'must be a number or null';
const AMOUNT = 'must be a number';
const FLAG = 'must be true or false';
const atLeast = (least: number) =>
  nullable(pipe(number(NUMBER), finite(NUMBER), minValue(least, `must be at least ${least}, or null`)));

const channelSchema = pipe(
  object({
    capacity: maybe(atLeast(0)),
    sequential: maybe(boolean(FLAG)),
    throttle: maybe(atLeast(0)),
    rate: maybe(
      nullable(
        object({ limit: pipe(number(AMOUNT), finite(AMOUNT)), per: pipe(number(AMOUNT), finite(AMOUNT)) }),
      ),
    ),
    fair: maybe(boolean(FLAG)),
    paused: maybe(boolean(FLAG)),
    removalInterval: maybe(atLeast(0)),
  }),
  check((change) => Object.keys(change).length > 0, 'must change something'),
);

/** What the library itself checks: its error says what is allowed. */
const retryPattern = pipe(
  unknown(),
  rawTransform<unknown, SecondsPattern | null>(({ dataset, addIssue, NEVER }) => {
    if (dataset.value === null) return null;
    try {
      return validateRetryPattern(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
      return NEVER;
    }
  }),
);

const functionSchema = pipe(
  object({
    channel: maybe(nullable(channel)),
    retryPattern: maybe(retryPattern),
    paused: maybe(boolean(FLAG)),
  }),
  check((change) => Object.keys(change).length > 0, 'must change the channel, the retryPattern or paused'),
);

const nodeSchema = object({
  id: wholeNumber(1, MAX_INTEGER),
  action: picklist(['drain', 'resume', 'stop'] satisfies NodeActionName[], 'must be drain, resume or stop'),
});

/** Jobs that one page watches. */
const MOST_WATCHED = 20;
const eventsSchema = object({
  job: maybe(
    pipe(
      unknown(),
      transform((value) => (Array.isArray(value) ? (value as unknown[]) : [value])),
      array(uuid),
      maxLength(MOST_WATCHED, `must be ${MOST_WATCHED} jobs at most`),
    ),
  ),
});

/** @throws ProblemError of status 400, as all functions here */
export const parseMetrics = (query: unknown) => parseInput(metricsSchema, query);
export const parseChannelPage = (query: unknown) => parseInput(channelsSchema, query);
export const parseAuditPage = (query: unknown) => parseInput(auditSchema, query);
export const parseBatchPage = (query: unknown) => parseInput(batchesSchema, query);
export const parseNodeAction = (given: unknown) => parseInput(nodeSchema, given);
export const parseWatched = (query: unknown): string[] => parseInput(eventsSchema, query).job ?? [];
export const parseChannelName = (name: unknown): string =>
  parseInput(object({ name: channel }), { name }).name;
export const parseFunctionName = (name: unknown): string =>
  parseInput(object({ name: text(255) }), { name }).name;

export const parseChannelChange = (body: unknown): ChannelEdit =>
  withoutGaps(parseInput(channelSchema, body));

export const parseFunctionChange = (
  body: unknown,
): { channel?: string | null; retryPattern?: SecondsPattern | null; paused?: boolean } =>
  withoutGaps(parseInput(functionSchema, body));

/** What wasn't given isn't there. */
function withoutGaps<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
