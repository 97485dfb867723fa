import { ChannelConfigError } from '../errors/channel-config.error.js';

import {
  CHANNEL_PROPERTIES,
  type ChannelConfig,
  type ChannelRate,
  unlimitedChannel,
} from './channel-config.js';
import { normalizeChannelPattern } from './channel-name.js';
import { unknownProperty } from '../common/check-properties.js';
import { HUNDRED_YEARS_MS } from '../common/duration.js';
import { durationOf } from '../errors/duration-of.js';
import { formatValue } from '../common/format-value.js';

const PROPERTIES: readonly string[] = ['name', ...CHANNEL_PROPERTIES];
const MAX_CAPACITY = 2_147_483_647;
const YEAR_S = 365.25 * 24 * 60 * 60;

type Refuse = (problem: string) => ChannelConfigError;

/**
 * Checks one entry of `channels` that is written as an object, and fills in its defaults.
 *
 * @throws ChannelConfigError that quotes the entry, and names the property and what is allowed
 * @example
 * ```ts
 * checkChannelOptions({ name: 'mail' }).capacity; // 1
 * ```
 */
export function checkChannelOptions(entry: unknown): ChannelConfig {
  const refuse: Refuse = (problem) =>
    new ChannelConfigError(`Channel entry ${formatValue(entry)}: ${problem}`);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw refuse(`it must be an object such as { name: 'root.mail', capacity: 5 }.`);
  }
  const unknown = unknownProperty(entry, PROPERTIES);
  if (unknown !== undefined) {
    throw refuse(
      `the property ${unknown.name} is unknown; the properties are: ${PROPERTIES.join(', ')}.${unknown.hint}`,
    );
  }
  return buildChannel(entry, refuse);
}

/**
 * Fills in and checks the properties of one channel, wherever they were read from.
 *
 * @param options - the properties as given; `undefined` counts as left out
 * @param refuse - makes the error that quotes the entry
 */
export function buildChannel(
  options: { [property in keyof ChannelConfig]?: unknown },
  refuse: Refuse,
): ChannelConfig {
  const { name, capacity = 1, sequential = false, throttle = null, fair = false, paused = false } = options;
  const { rate = null, removalInterval = null } = options;
  if (typeof name !== 'string' || name === '') throw refuse('the name of the channel is missing.');
  const config = {
    ...unlimitedChannel(checkName(name, refuse)),
    capacity: checkCapacity(capacity, refuse),
    sequential: checkFlag('sequential', sequential, refuse),
    throttle: checkThrottle(throttle, refuse),
    rate: checkRate(rate, refuse),
    fair: checkFlag('fair', fair, refuse),
    paused: checkFlag('paused', paused, refuse),
    removalInterval: checkRemovalInterval(removalInterval, refuse),
  };
  if (config.sequential && config.capacity !== 1) {
    const given = config.capacity ?? 'no limit';
    throw refuse(
      `a sequential channel has a capacity of 1, not ${given}. To stop it for a while use "paused".`,
    );
  }
  return config;
}

function checkName(name: string, refuse: Refuse): string {
  try {
    return normalizeChannelPattern(name);
  } catch (error) {
    throw error instanceof ChannelConfigError ? refuse(error.message) : error;
  }
}

function checkCapacity(value: unknown, refuse: Refuse): number | null {
  if (value === null || value === Infinity) return null;
  // + 0 turns -0 into 0.
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_CAPACITY)
    return value + 0;
  const allowed = `a whole number from 0 to ${MAX_CAPACITY}, or null for no limit (objects only)`;
  throw refuse(`the capacity must be ${allowed}, not ${formatValue(value)}.`);
}

function checkFlag(property: string, value: unknown, refuse: Refuse): boolean {
  if (typeof value === 'boolean') return value;
  throw refuse(`${property} must be true or false, not ${formatValue(value)}.`);
}

function checkThrottle(value: unknown, refuse: Refuse): number | null {
  if (value === null) return null;
  const seconds = typeof value === 'string' ? durationOf(value) / 1000 : value;
  if (typeof seconds === 'number' && seconds > 0 && seconds * 1000 <= HUNDRED_YEARS_MS) return seconds;
  throw refuse(
    `throttle must be seconds above 0 or a duration such as '2s', 100 years at most, not ${formatValue(value)}.`,
  );
}

function checkRate(value: unknown, refuse: Refuse): ChannelRate | null {
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw refuse(
      `rate must be an object such as { limit: 100, per: 60 } or null, not ${formatValue(value)}.`,
    );
  }
  const unknown = Object.keys(value).find((key) => key !== 'limit' && key !== 'per');
  if (unknown !== undefined) {
    throw refuse(`rate has the properties limit and per; ${formatValue(unknown)} is unknown.`);
  }
  const { limit, per } = value as { limit?: unknown; per?: unknown };
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_CAPACITY) {
    throw refuse(
      `the limit of a rate must be a whole number from 1 to ${MAX_CAPACITY}, not ${formatValue(limit)}. To let nothing start use "paused".`,
    );
  }
  const seconds = typeof per === 'string' ? durationOf(per) / 1000 : per;
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= YEAR_S)) {
    throw refuse(
      `the time of a rate must be seconds above 0 or a duration such as '1 min', a year at most, not ${formatValue(per)}.`,
    );
  }
  return { limit, per: seconds };
}

function checkRemovalInterval(value: unknown, refuse: Refuse): number | null {
  if (value === null) return null;
  const millis = typeof value === 'string' ? durationOf(value) : value;
  if (typeof millis === 'number' && millis >= 0 && millis <= HUNDRED_YEARS_MS) return millis;
  const allowed = `milliseconds of at least 0 or a duration such as '7 days', 100 years at most`;
  throw refuse(`removalInterval must be ${allowed}, not ${formatValue(value)}.`);
}
