import { types } from 'node:util';

import { formatValue } from './format-value.js';

/**
 * What a method threw, as an `Error`. JavaScript can throw anything; what isn't an error becomes one that says what it
 * was. An object with a message, such as an error of another realm, keeps its name, message, stack and cause.
 *
 * @example
 * ```ts
 * asError('no paper'); // NonErrorThrown: 'no paper' was thrown, which is not an Error
 * ```
 */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  const message = typeof thrown === 'object' ? readText(thrown, 'message') : undefined;
  if (message === undefined)
    return named('NonErrorThrown', `${formatValue(thrown)} was thrown, which is not an Error`);
  const cause = read(thrown, 'cause');
  const error = named(
    readText(thrown, 'name') ?? 'NonErrorThrown',
    message,
    cause === undefined ? undefined : { cause },
  );
  const stack = readText(thrown, 'stack');
  if (stack !== undefined) error.stack = stack;
  return error;
}

function named(name: string, message: string, options?: ErrorOptions): Error {
  const error = new Error(message, options);
  error.name = name;
  return error;
}

/** Whether it is an error, of whatever realm. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    // A proxy can refuse to tell its prototype.
    return false;
  }
}

/** A property of an unknown value, `undefined` where reading it throws. */
export function read(value: unknown, property: string): unknown {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  try {
    return Reflect.get(value, property) as unknown;
  } catch {
    return undefined;
  }
}

/** As {@link read}, for text that isn't empty. */
export function readText(value: unknown, property: string): string | undefined {
  const text = read(value, property);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The message of whatever was thrown; empty if it has none, or none that can be read as text. Never throws. */
export const messageOf = (thrown: unknown): string => readText(thrown, 'message') ?? '';
