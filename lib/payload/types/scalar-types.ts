import { types } from 'node:util';
import { prototypeCount } from './prototypes.js';
import { TAG } from '../tag.js';

/** Makes a value of a type that holds no other values; throws an `Error` that says what is wrong with the data. */
type LeafDecoder = (data: unknown) => unknown;

/** An object as its tag and the plain data that stands for it. */
export interface ScalarType {
  readonly name: string;
  readonly data: unknown;
}

/** Takes a `Date`, `URL` or `RegExp` apart; `undefined` for everything else, their subclasses included. */
export function scalarTypeOf(value: object): ScalarType | undefined {
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    return leaf(value, 'Date', Number.isNaN(time) ? null : new Date(time).toISOString());
  }
  if (value instanceof URL) return leaf(value, 'URL', value.href);
  if (types.isRegExp(value)) {
    const { source, flags, lastIndex } = value;
    return leaf(value, 'RegExp', lastIndex === 0 ? { source, flags } : { source, flags, lastIndex });
  }
  return undefined;
}

/** How the leaf types are made again, by their tags. */
export const SCALAR_TYPES: ReadonlyMap<string, LeafDecoder> = new Map<string, LeafDecoder>([
  [TAG.undefined, decodeUndefined],
  [TAG.number, decodeNumber],
  [TAG.bigint, decodeBigint],
  ['Date', decodeDate],
  ['URL', (data) => new URL(text(data))],
  ['RegExp', decodeRegExp],
]);

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

function leaf(value: object, name: string, data: unknown): ScalarType | undefined {
  return prototypeCount(value) === 2 ? { name, data } : undefined;
}

function decodeUndefined(data: unknown): undefined {
  if (data !== undefined) throw new Error('undefined has no value');
  return undefined;
}

function decodeNumber(data: unknown): number {
  const number = NUMBERS.get(data);
  if (number === undefined) throw new Error(`expected one of ${[...NUMBERS.keys()].join(', ')}`);
  return number;
}

function decodeBigint(data: unknown): bigint {
  // BigInt('') is 0n, and BigInt(' 0x10 ') is 16n.
  if (!/^-?\d+$/.test(text(data))) throw new Error('expected a whole number in a string');
  return BigInt(text(data));
}

function decodeDate(data: unknown): Date {
  if (data === null) return new Date(NaN);
  const date = new Date(text(data));
  if (Number.isNaN(date.getTime()))
    throw new Error('expected a date such as 2026-01-31T12:00:00.000Z, or null');
  return date;
}

function decodeRegExp(data: unknown): RegExp {
  const {
    source,
    flags,
    lastIndex = 0,
  } = (data ?? {}) as { source?: unknown; flags?: unknown; lastIndex?: unknown };
  const expression = new RegExp(text(source), text(flags));
  if (typeof lastIndex !== 'number') throw new Error('expected a number as lastIndex');
  expression.lastIndex = lastIndex;
  return expression;
}

function text(data: unknown): string {
  if (typeof data !== 'string') throw new Error('expected a string');
  return data;
}
