import { ChannelConfigError } from '../errors/channel-config.error.js';

import type { ChannelConfig } from './channel-config.js';
import { buildChannel } from './check-channel-options.js';
import { formatValue } from '../common/format-value.js';

const KEYS = 'sequential, throttle=<seconds>, rate=<starts>/<seconds>, fair, paused';

/**
 * Reads one entry of the channel text.
 *
 * @param entry - one entry, without its separators
 * @throws ChannelConfigError that quotes the entry
 * @example
 * ```ts
 * parseChannelEntry('api:4:throttle=2').throttle; // 2
 * ```
 */
export function parseChannelEntry(entry: string): ChannelConfig {
  const refuse = (problem: string): ChannelConfigError =>
    new ChannelConfigError(`Channel entry ${quote(entry)}: ${problem}`);
  const [name = '', capacity, ...keys] = entry.split(':').map((part) => part.trim());
  if (name === '') throw refuse('the name of the channel is missing, as in "root.mail:5".');

  const flags = { sequential: false, fair: false, paused: false };
  let throttle: number | string | null = null;
  let rate: RateText | null = null;
  const seen = new Set<string>();
  for (const item of keys) {
    const [key = '', value, ...more] = item.split('=').map((part) => part.trim());
    if (more.length > 0) throw refuse(`${formatValue(item)} has a second "=".`);
    if (seen.has(key)) throw refuse(`the key ${formatValue(key)} is repeated.`);
    seen.add(key);
    if (key === 'throttle') throttle = readThrottle(value, refuse);
    else if (key === 'rate') rate = readRate(value, refuse);
    else if (key === 'sequential' || key === 'fair' || key === 'paused')
      flags[key] = readFlag(key, value, refuse);
    else
      throw refuse(
        `${key === '' ? 'a key is empty' : `the key ${formatValue(key)} is unknown`}; the keys are: ${KEYS}.`,
      );
  }
  const options = {
    ...flags,
    throttle,
    rate,
    capacity: readCapacity(capacity, refuse),
    name: name
      .split('.')
      .map((part) => part.trim())
      .join('.'),
  };
  return buildChannel(options, refuse);
}

function readCapacity(text: string | undefined, refuse: (problem: string) => Error): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]+$/.test(text)) return Number(text);
  const hint = /^[a-z]/i.test(text) ? ` Keys come after the capacity, as in "root.erp:1:${text}".` : '';
  throw refuse(`the capacity must be a whole number of at least 0, not ${formatValue(text)}.${hint}`);
}

function readThrottle(text: string | undefined, refuse: (problem: string) => Error): number | string {
  if (text === undefined || text === '') throw refuse('throttle needs its seconds, as in "throttle=2".');
  return secondsOf(text);
}

/** A rate as the text has it; its parts are checked as those of an object are. */
interface RateText {
  readonly limit: number | string;
  readonly per: number | string;
}

function readRate(text: string | undefined, refuse: (problem: string) => Error): RateText {
  const [limit = '', per = '', ...more] = (text ?? '').split('/').map((part) => part.trim());
  if (limit === '' || per === '' || more.length > 0)
    throw refuse(
      'rate needs its starts and its seconds, as in "rate=100/60" for at most 100 starts in any 60 seconds.',
    );
  return { limit: /^[0-9]+$/.test(limit) ? Number(limit) : limit, per: secondsOf(per) };
}

/** Plain figures are seconds; anything else must be a duration with a unit. */
function secondsOf(text: string): number | string {
  return /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : text;
}

function readFlag(key: string, text: string | undefined, refuse: (problem: string) => Error): boolean {
  if (text === undefined || text === 'true') return true;
  if (text === 'false') return false;
  throw refuse(`${key} must be "true" or "false" where it has a value, not ${formatValue(text)}.`);
}

function quote(entry: string): string {
  return JSON.stringify(entry.length > 300 ? `${entry.slice(0, 299)}…` : entry);
}
