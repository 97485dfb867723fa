import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';

import { formatValue } from './format-value.js';
import { isStorable, STORABLE } from './storable-text.js';

/** The largest number that the integer columns of PostgreSQL hold. */
const MAX_INTEGER = 2_147_483_647;
const MAX_DESCRIPTION = 1000;
const MAX_NAME = 255;

/** The error of a property that has a wrong value. */
export function wrongValue(property: string, allowed: string, value: unknown): InvalidJobOptionError {
  return new InvalidJobOptionError(`${property} must be ${allowed}, not ${formatValue(value)}.`);
}

/** A priority: 0 is the highest. */
export function checkPriority(value: unknown): number {
  return checkInteger('priority', value, '0 is the highest');
}

/** A number of attempts: 0 is without end. */
export function checkMaxRetries(value: unknown): number {
  return checkInteger('maxRetries', value, '0 is without end');
}

/** A description, as it is stored and shown. */
export function checkDescription(value: unknown): string {
  if (typeof value === 'string' && isText(value) && value.length <= MAX_DESCRIPTION) return value;
  throw wrongValue(
    'description',
    `a string of 1 to ${MAX_DESCRIPTION} characters, not blank and ${STORABLE}`,
    value,
  );
}

/** A name of a job, or of a channel whose grammar is checked elsewhere. */
export function checkName(property: string, value: unknown): string {
  if (typeof value === 'string' && isText(value) && value.length <= MAX_NAME && value === value.trim())
    return value;
  throw wrongValue(
    property,
    `a string of 1 to ${MAX_NAME} characters ${STORABLE}, and without blanks at its ends`,
    value,
  );
}

/** A text that is stored as it is. */
export function checkText(property: string, value: unknown): string {
  if (typeof value === 'string' && isText(value) && value.length <= MAX_NAME) return value;
  throw wrongValue(property, `a string of 1 to ${MAX_NAME} characters, not blank and ${STORABLE}`, value);
}

/**
 * An object of options as it was given: JavaScript may hand over anything.
 *
 * @throws InvalidJobOptionError that names the method
 */
export function checkObject<T extends object>(method: string, options: T): T {
  const given: unknown = options;
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return options;
  throw new InvalidJobOptionError(`${method} takes an object of options, not ${formatValue(given)}.`);
}

/** A boolean; strings such as 'false' are refused, as they would count as true. */
export function checkBoolean(property: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongValue(property, 'true or false', value);
}

/** One of a few words. */
export function checkOneOf<Word extends string>(
  property: string,
  words: readonly Word[],
  value: unknown,
): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw wrongValue(property, words.map((candidate) => `'${candidate}'`).join(' or '), value);
}

function checkInteger(property: string, value: unknown, meaning: string): number {
  // + 0 turns -0 into 0.
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER)
    return value + 0;
  throw wrongValue(property, `a whole number from 0 to ${MAX_INTEGER} (${meaning})`, value);
}

function isText(value: string): boolean {
  return value.trim() !== '' && isStorable(value);
}
