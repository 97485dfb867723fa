import type { QueueJobError } from '../../../lib/index.js';

/** One thing that must be refused, with all that the refusal must say. */
export interface BadInput<Given> {
  /** What is given, in words. */
  readonly what: string;
  /** Gives it; throws or rejects. */
  readonly give: (given: Given) => unknown;
  readonly error: abstract new (...args: never[]) => QueueJobError;
  readonly code: string;
  /** Parts of the message: what was given, and what is allowed. */
  readonly says: readonly string[];
}

/** Rows of a table that are refused with the same error. */
export const refusedWith =
  <Given>(error: BadInput<Given>['error'], code: string) =>
  (what: string, give: BadInput<Given>['give'], ...says: readonly string[]): BadInput<Given> => ({
    what,
    give,
    error,
    code,
    says,
  });

/** Hands over what the compiler would not let through. */
export const wrong = (value: unknown): never => value as never;

/** An object so many levels deep. */
export function nested(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
}

/** An array so many levels deep. */
export function nestedArray(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** Throws whatever is asked of it. */
export const unreadable: object = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error('not to be read');
    },
  },
);

/** As JSON makes it: `__proto__` is a property of its own. */
export const withProtoKey = (value: unknown): unknown =>
  JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`) as unknown;

export const NUL = 'a\0b';
export const HALF = 'a\ud83d';
