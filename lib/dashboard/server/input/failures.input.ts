import type { FailureKey } from '../../../store/stats/failure-store.js';
import type { FailureRange } from '../../api/failures.api.js';
import { parseFailureId } from '../failures/failure-id.js';
import { parseInput } from './parse.js';
import { object, readBy, uuid } from './texts.input.js';
import {
  array,
  maxLength,
  maxValue,
  minLength,
  minValue,
  nullable,
  number,
  optional,
  picklist,
  pipe,
} from './valibot.js';

/** Jobs that are watched at once. */
export const MOST_WATCHED = 1_000;
const MOST_HOURS = 8_760;

const id = readBy(parseFailureId);
const ranges = ['day', 'week'] satisfies FailureRange[];
const groupSchema = object({ id, range: optional(picklist(ranges, 'must be day or week'), 'day') });
const HOURS = `must be a number of hours from 1 to ${MOST_HOURS}, or null`;
const muteSchema = object({
  id,
  hours: nullable(pipe(number(HOURS), minValue(1, HOURS), maxValue(MOST_HOURS, HOURS))),
});
const UUIDS = `must be a list of 1 to ${MOST_WATCHED} uuids`;
const watchSchema = object({
  uuids: pipe(array(uuid, UUIDS), minLength(1, UUIDS), maxLength(MOST_WATCHED, UUIDS)),
});

/** @throws ProblemError of status 400, as all functions here */
export const parseFailureGroup = (query: unknown): { id: FailureKey; range: FailureRange } =>
  parseInput(groupSchema, query);
export const parseMute = (body: unknown): { id: FailureKey; hours: number | null } =>
  parseInput(muteSchema, body);
export const parseUnmute = (body: unknown): FailureKey => parseInput(object({ id }), body).id;
export const parseWatchedJobs = (body: unknown): string[] => parseInput(watchSchema, body).uuids;
