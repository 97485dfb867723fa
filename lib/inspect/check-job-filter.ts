import { types } from 'node:util';
import { normalizeChannelName } from '../channel/channel-name.js';
import { ChannelConfigError } from '../errors/channel-config.error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { isJobState, JOB_STATES } from '../job/job-state.js';
import { checkTags } from '../job/tags.js';
import { checkObject, checkPriority, checkText } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import type { JobListFilter } from '../store/jobs/job-filter.js';
import { checkUuid } from '../common/call-checks.js';

const MAX_LIMIT = 1_000;
const MAX_INTEGER = 2_147_483_647;

/** One check a property; each gives back the value to go on with, or throws. */
const CHECKS: { readonly [P in keyof JobListFilter]-?: (value: unknown) => JobListFilter[P] } = {
  state: (value) => {
    for (const one of [value].flat()) {
      if (!isJobState(one))
        throw new InvalidJobOptionError(
          `state must be among ${JOB_STATES.join(', ')}, not ${formatValue(one)}.`,
        );
    }
    return value as NonNullable<JobListFilter['state']>;
  },
  name: (value) => checkText('name', value),
  channel: (value) => readChannel(value as string),
  graphUuid: (value) => checkUuid(value as string),
  batchUuid: (value) => checkUuid(value as string),
  userId: (value) => checkText('userId', value),
  uuids: (value) => {
    if (!Array.isArray(value) || value.length > MAX_LIMIT)
      throw new InvalidJobOptionError(
        `uuids must be a list of ${MAX_LIMIT} at most, not ${formatValue(value)}.`,
      );
    return value.map((uuid) => checkUuid(uuid as string));
  },
  priority: checkPriority,
  node: (value) => checkInteger('node', value, MAX_INTEGER),
  createdFrom: (value) => checkDate('createdFrom', value),
  createdBefore: (value) => checkDate('createdBefore', value),
  error: (value) => checkText('error', value),
  failure: (value) => {
    const { name, fingerprint } = (value ?? {}) as { name?: unknown; fingerprint?: unknown };
    return {
      name: checkText('failure.name', name),
      fingerprint: fingerprint === '' ? '' : checkText('failure.fingerprint', fingerprint),
    };
  },
  text: (value) => checkText('text', value),
  argument: (value) => {
    const { path, value: wanted } = (value ?? {}) as { path?: unknown; value?: unknown };
    const isStep = (step: unknown): boolean => typeof step === 'string' || Number.isInteger(step);
    if (!Array.isArray(path) || path.length === 0 || path.length > 50 || !path.every(isStep)) {
      throw new InvalidJobOptionError(
        `argument.path must be a list of 1 to 50 property names and indexes, not ${formatValue(path)}.`,
      );
    }
    for (const step of path) if (typeof step === 'string' && step !== '') checkText('argument.path', step);
    if (typeof wanted === 'string' && wanted !== '') checkText('argument.value', wanted);
    return { path: path as (string | number)[], value: checkJson(wanted) };
  },
  tags: (value) => checkSomeTags('tags', value),
  anyTag: (value) => checkSomeTags('anyTag', value),
  before: (value) => checkUuid(value as string),
  limit: (value) => checkInteger('limit', value, MAX_LIMIT),
};

/** @throws InvalidJobOptionError that names the property, the value and what is allowed */
export function checkFilter<F extends JobListFilter>(filter: F): F {
  const checked: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(checkObject('list()', filter))) {
    const check = Object.hasOwn(CHECKS, property) ? CHECKS[property as keyof JobListFilter] : undefined;
    if (check === undefined) {
      throw new InvalidJobOptionError(
        `A filter has no property ${formatValue(property)}; it has ${Object.keys(CHECKS).join(', ')}.`,
      );
    }
    if (value !== undefined) checked[property] = check(value);
  }
  return checked as F;
}

/** Of no tag at all it would not be plain whether it means every job or none. */
function checkSomeTags(property: string, value: unknown): readonly string[] {
  const tags = checkTags(property, value);
  if (tags.length > 0) return tags;
  throw new InvalidJobOptionError(
    `${property} must name a tag at least; leave it out for jobs with any tags or none.`,
  );
}

function checkInteger(property: string, value: unknown, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new InvalidJobOptionError(
    `${property} must be a whole number from 1 to ${max}, not ${formatValue(value)}.`,
  );
}

function checkDate(property: string, value: unknown): Date {
  if (types.isDate(value) && value.getTime() >= 0 && value.getUTCFullYear() <= 9999) return value;
  throw new InvalidJobOptionError(
    `${property} must be a Date of the years 1970 to 9999, not ${formatValue(value)}.`,
  );
}

function checkJson(value: unknown): unknown {
  const text = value === undefined ? undefined : JSON.stringify(value);
  if (typeof text === 'string') return value;
  throw new InvalidJobOptionError(`argument.value must be plain JSON, not ${formatValue(value)}.`);
}

/** @throws InvalidJobOptionError, as for any other property of a call */
export function readChannel(name: string, where?: string): string {
  try {
    return normalizeChannelName(name);
  } catch (error) {
    if (!(error instanceof ChannelConfigError)) throw error;
    throw new InvalidJobOptionError(
      `${where === undefined ? 'channel' : `${where}: defaultChannel`}: ${error.message}`,
      { cause: error },
    );
  }
}
