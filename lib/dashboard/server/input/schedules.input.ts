import type { ScheduleChange } from '../../../schedule/schedule-input.js';
import { parseInput } from './parse.js';
import { isoDate, maybe, object, text } from './texts.input.js';
import { array, check, nullable, pipe, transform, unknown } from './valibot.js';

const pageSchema = object({ search: maybe(text(255)), cursor: maybe(text(255)) });
const nameSchema = object({ name: text(255) });

// Whatever is wrong with a value, the library says itself.
const value = maybe(unknown());
const date = maybe(nullable(isoDate));

const changeSchema = pipe(
  object({
    cron: value,
    every: value,
    timeZone: value,
    startAt: date,
    endAt: date,
    maxTicks: value,
    noOverlap: value,
    catchUp: value,
    jitter: value,
    channel: value,
    priority: value,
    maxRetries: value,
  }),
  check((change) => Object.keys(change).length > 0, 'must change something'),
  transform((change) => change as ScheduleChange),
);

const addSchema = object({
  jobName: text(255),
  args: array(unknown(), 'must be the list of the arguments'),
  cron: value,
  every: value,
  timeZone: value,
});

/** @throws ProblemError of status 400, as all functions here */
export const parseSchedulePage = (query: unknown) => parseInput(pageSchema, query);
export const parseScheduleName = (name: unknown): string => parseInput(nameSchema, { name }).name;
export const parseScheduleChange = (body: unknown): ScheduleChange => parseInput(changeSchema, body);
export const parseScheduleAdd = (body: unknown) => parseInput(addSchema, body);
