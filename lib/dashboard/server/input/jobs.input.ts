import { normalizeChannelName } from '../../../channel/channel-name.js';
import { parseEta } from '../../../job/eta.js';
import { JOB_STATES } from '../../../job/job-state.js';
import { durationOf } from '../../../errors/duration-of.js';
import { GROUP_KEYS, type GroupKey } from '../../../store/jobs/job-groups.js';
import { JOB_SORTS, type JobSort } from '../../../store/jobs/job-sorting.js';
import type { SearchFilter } from '../../../store/jobs/job-where.js';
import type { JobActionName } from '../../api/actions.api.js';
import type { PayloadField } from '../../api/jobs.api.js';
import { JOB_ACTIONS } from '../jobs/job-actions-of.js';
import { parseFailureId } from '../failures/failure-id.js';
import { parseArgument, parseUuidBeginning } from './argument-path.js';
import { parseInput } from './parse.js';
import { isoDate, maybe, object, readBy, text, uuid, wholeNumber, words } from './texts.input.js';
import {
  array,
  check,
  type InferOutput,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  number,
  picklist,
  pipe,
  regex,
  safeParse,
  string,
  transform,
} from './valibot.js';

const MAX_INTEGER = 2_147_483_647;
/** Rows that a page reads again at once, and jobs that an action takes by their uuids. */
const MOST_UUIDS = { query: 200, action: 1_000 };

const FILTER = {
  state: maybe(words(JOB_STATES)),
  name: maybe(text(255)),
  channel: maybe(readBy(normalizeChannelName)),
  node: maybe(wholeNumber(1, MAX_INTEGER)),
  priority: maybe(wholeNumber(0, MAX_INTEGER)),
  user: maybe(text(255)),
  tag: maybe(text(100)),
  from: maybe(isoDate),
  to: maybe(isoDate),
  since: maybe(readBy(parseAgo)),
  until: maybe(readBy(parseAgo)),
  error: maybe(text(255)),
  failure: maybe(readBy(parseFailureId)),
  text: maybe(text(255)),
  arg: maybe(readBy(parseArgument)),
  search: maybe(text(255)),
  value: maybe(text(255)),
  key: maybe(text(255)),
  message: maybe(text(255)),
  id: maybe(readBy(parseUuidBeginning)),
  graph: maybe(uuid),
  batch: maybe(uuid),
  uuids: maybe(
    pipe(
      string('must be given once, as text'),
      transform((value) => value.split(',')),
      maxLength(MOST_UUIDS.query, `must be ${MOST_UUIDS.query} uuids at most`),
      array(uuid),
    ),
  ),
};

const SORTS = ['newest', ...JOB_SORTS] as const;
export const EXPORT_FORMATS = ['csv', 'json'] as const;
const PAGE = {
  ...FILTER,
  cursor: maybe(uuid),
  limit: maybe(wholeNumber(1, 200)),
  sort: maybe(picklist(SORTS, `must be one of ${SORTS.join(', ')}`)),
};
const COUNT = { ...FILTER, exact: maybe(picklist(['true', 'false'], 'must be true or false')) };

const groupsSchema = object({
  ...FILTER,
  by: picklist(GROUP_KEYS, `must be one of ${GROUP_KEYS.join(', ')}`),
});
const exportSchema = object({ ...FILTER, format: picklist(EXPORT_FORMATS, 'must be csv or json') });
const waitsSchema = object({ uuids: FILTER.uuids.wrapped });
const filterSchema = object(FILTER);
const pageSchema = object(PAGE);
const countSchema = object(COUNT);

const EXPECTED = 'must be how many were counted before';
const uuidsSchema = object({
  uuids: pipe(
    array(uuid, 'must be a list of uuids'),
    minLength(1, 'must be one uuid at least'),
    maxLength(MOST_UUIDS.action, `must be ${MOST_UUIDS.action} uuids at most`),
  ),
});
const matchingSchema = object({
  filter: filterSchema,
  expected: pipe(number(EXPECTED), integer(EXPECTED), minValue(0, EXPECTED), maxValue(1e12, EXPECTED)),
});
const PRIORITY = `must be a whole number from 0 to ${MAX_INTEGER}`;
const settingsSchema = pipe(
  object({
    eta: maybe(readBy(readEta)),
    priority: maybe(
      pipe(number(PRIORITY), integer(PRIORITY), minValue(0, PRIORITY), maxValue(MAX_INTEGER, PRIORITY)),
    ),
    channel: maybe(readBy(normalizeChannelName)),
  }),
  check((settings) => Object.keys(settings).length > 0, 'must set the eta, the priority or the channel'),
);
type ParsedSettings = InferOutput<typeof settingsSchema>;

const LINE = 'must be the id of a line';
const afterSchema = object({ after: maybe(pipe(string(LINE), regex(/^\d{1,18}$/, LINE))) });
const fieldSchema = picklist(
  ['args', 'result', 'context', 'error'] satisfies PayloadField[],
  'must be args, result, context or error',
);

export interface PageRequest {
  readonly filter: SearchFilter;
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly sort: JobSort | 'newest';
}

/**
 * @param now - by the clock of the database, as that of all dates of jobs
 * @throws ProblemError of status 400, as all functions here
 */
export function parsePage(query: unknown, now: Date): PageRequest {
  const { cursor, limit = 50, sort = 'newest', ...filter } = parseInput(pageSchema, query);
  return { filter: toFilter(filter, now), cursor, limit, sort };
}

export function parseCount(
  query: unknown,
  now: Date,
): { readonly filter: SearchFilter; readonly isExact: boolean } {
  const { exact, ...filter } = parseInput(countSchema, query);
  return { filter: toFilter(filter, now), isExact: exact === 'true' };
}

export function parseGroups(
  query: unknown,
  now: Date,
): { readonly filter: SearchFilter; readonly by: GroupKey } {
  const { by, ...filter } = parseInput(groupsSchema, query);
  return { filter: toFilter(filter, now), by };
}

export function parseExport(
  query: unknown,
  now: Date,
): {
  readonly filter: SearchFilter;
  readonly format: (typeof EXPORT_FORMATS)[number];
} {
  const { format, ...filter } = parseInput(exportSchema, query);
  return { filter: toFilter(filter, now), format };
}

export const parseUuids = (query: unknown): readonly string[] => parseInput(waitsSchema, query).uuids;

/** The jobs of an action. */
export type ParsedTarget =
  | { readonly uuids: readonly string[] }
  | {
      readonly filter: SearchFilter;
      readonly query: Readonly<Record<string, string>>;
      readonly expected: number;
    };

export interface ParsedAction {
  readonly target: ParsedTarget;
  /** What `update` sets. */
  readonly set: ParsedSettings | undefined;
}

export function parseAction(action: JobActionName, body: unknown, now: Date): ParsedAction {
  if (action !== 'update' || typeof body !== 'object' || body === null)
    return { target: parseTarget(body, now), set: undefined };
  const { set, ...target } = body as { set?: unknown };
  return { target: parseTarget(target, now), set: parseInput(object({ set: settingsSchema }), { set }).set };
}

function parseTarget(body: unknown, now: Date): ParsedTarget {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'filter'))
    return { uuids: [...new Set(parseInput(uuidsSchema, body).uuids)] };
  const { filter, expected } = parseInput(matchingSchema, body);
  return {
    filter: toFilter(filter, now),
    query: (body as { filter: Record<string, string> }).filter,
    expected,
  };
}

export const parseUuid = (value: unknown): string => parseInput(object({ uuid }), { uuid: value }).uuid;
export const parseAfter = (query: unknown): string | undefined => parseInput(afterSchema, query).after;
export const parseField = (field: unknown): PayloadField =>
  parseInput(object({ field: fieldSchema }), { field }).field;
export const parseActionName = (action: unknown): JobActionName =>
  parseInput(object({ action: picklist(JOB_ACTIONS, `must be one of ${JOB_ACTIONS.join(', ')}`) }), {
    action,
  }).action;

type ParsedFilter = ReturnType<typeof parseInput<typeof filterSchema>>;

/** As the store names things; what wasn't given isn't there. */
function toFilter(query: ParsedFilter, now: Date): SearchFilter {
  const { user, from, to, since, until, tag, arg, graph, batch, ...same } = query;
  const filter = {
    ...same,
    userId: user,
    createdFrom: given(from, ago(since, now)).toSorted((a, b) => b.getTime() - a.getTime())[0],
    createdBefore: given(to, ago(until, now)).toSorted((a, b) => a.getTime() - b.getTime())[0],
    ...arg,
    tags: tag === undefined ? undefined : [tag],
    graphUuid: graph,
    batchUuid: batch,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

const ago = (millis: number | undefined, now: Date): Date | undefined =>
  millis === undefined ? undefined : new Date(now.getTime() - millis);

const given = (...dates: (Date | undefined)[]): Date[] => dates.filter((date) => date !== undefined);

/** A duration from now, as it was given, or a date. */
function readEta(eta: string): string | Date {
  if (!/^\d{4}-/.test(eta)) {
    parseEta(eta);
    return eta;
  }
  const read = safeParse(isoDate, eta);
  if (read.success) return read.output;
  throw new TypeError(read.issues[0].message);
}

const MOST_AGO = 10 * 365 * 86_400_000;

/** Milliseconds of a duration, such as `1h`. */
function parseAgo(span: string): number {
  const millis = durationOf(span);
  if (millis > 0 && millis <= MOST_AGO) return millis;
  throw new TypeError('must be a duration such as 15m, 1h or 7d');
}
