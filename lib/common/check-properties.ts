import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { formatValue } from './format-value.js';

/** A table of checks, one a property; each gives back the value to go on with, or throws. */
export type Checks<Valid> = {
  readonly [Property in keyof Valid]-?: (value: unknown) => Exclude<Valid[Property], undefined>;
};

/**
 * Checks an object of options property by property. Properties that are `undefined` count as not given.
 *
 * @throws InvalidJobOptionError where it isn't an object, a property is unknown, or a check fails
 */
export function checkProperties<Valid extends object>(options: unknown, checks: Checks<Valid>): Valid {
  if (options === undefined) return {} as Valid;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidJobOptionError(`The options must be an object, not ${formatValue(options)}.`);
  }
  const table = checks as Readonly<Record<string, (value: unknown) => unknown>>;
  const valid: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(options) as [string, unknown][]) {
    const check = Object.hasOwn(table, property) ? table[property] : undefined;
    if (check === undefined) throw refusal(property, Object.keys(table));
    if (value !== undefined) valid[property] = check(value);
  }
  return valid as Valid;
}

function refusal(property: string, allowed: readonly string[]): InvalidJobOptionError {
  return new InvalidJobOptionError(
    `The property ${formatValue(property)} is unknown.${hintFor(property, allowed)} The properties are: ${allowed.join(', ')}.`,
  );
}

/**
 * The first property of an object that isn't among the allowed ones, for checks that have an error of their own.
 *
 * @returns its name as an error shows it, and the hint to put at the end of the message; undefined if all are known
 * @example
 * ```ts
 * unknownProperty({ capcity: 1 }, ['capacity']); // { name: "'capcity'", hint: ' Did you mean capacity?' }
 * ```
 */
export function unknownProperty(
  given: object,
  allowed: readonly string[],
): { readonly name: string; readonly hint: string } | undefined {
  const property = Object.keys(given).find((key) => !allowed.includes(key));
  if (property === undefined) return undefined;
  return { name: formatValue(property), hint: hintFor(property, allowed) };
}

function hintFor(property: string, allowed: readonly string[]): string {
  const meant = allowed.find((candidate) => isClose(property.slice(0, 50), candidate));
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** Spelt in another case (`max_retries`), with two letters wrong at most, or short or long for it (`channel`). */
function isClose(given: string, candidate: string): boolean {
  const [a, b] = [plain(given), plain(candidate)];
  return a === b || (a.length > 2 && (b.endsWith(a) || a.endsWith(b) || editDistance(a, b) <= 2));
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** How many letters to put in, take out or change to get from one word to the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
