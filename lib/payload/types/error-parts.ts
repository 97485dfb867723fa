import { types } from 'node:util';
import { classNameOf, setOwn } from './prototypes.js';

/** An error taken apart. Its own enumerable properties, such as `code`, are carried beside these. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

const PART_NAMES: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

const STANDARD_CLASSES: ReadonlyMap<string, new (message: string) => Error> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [
    type.name,
    type,
  ]),
);

/** Whether this is an error, also one of another realm or a `DOMException`. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error || value instanceof DOMException;
}

/** Takes an error apart. */
export function partsOf(error: Error): ErrorParts {
  const { stack } = error;
  const errors = errorsOf(error);
  return {
    name: nameOf(error),
    message: asText(error.message),
    ...(typeof stack === 'string' && { stack }),
    ...(Object.hasOwn(error, 'cause') && { cause: error.cause }),
    ...(errors !== undefined && { errors }),
  };
}

/** The names of the properties that travel beside the parts. */
export function propertiesOf(error: Error): string[] {
  return Object.keys(error).filter((key) => !PART_NAMES.has(key));
}

/** Makes an error again: of its standard class, else an `Error` of that name. Throws an `Error` for damaged parts. */
export function buildError(parts: Readonly<Record<string, unknown>>): Error {
  const { name, message, stack, errors, props } = parts;
  if (typeof name !== 'string' || typeof message !== 'string')
    throw new Error('expected a name and a message');
  const error = Array.isArray(errors)
    ? new AggregateError(errors as unknown[], message)
    : new (STANDARD_CLASSES.get(name) ?? Error)(message);
  // Without this it would have the stack of this function.
  setHidden(error, 'stack', stack);
  if (error.name !== name) error.name = name;
  if (Object.hasOwn(parts, 'cause')) setHidden(error, 'cause', parts['cause']);
  if (typeof props === 'object' && props !== null) {
    for (const [key, value] of Object.entries(props)) setOwn(error, key, value);
  }
  return error;
}

function errorsOf(error: Error): readonly unknown[] | undefined {
  // An AggregateError of any realm: its `errors` are hidden, while a property that a subclass declares is not.
  const own = Object.getOwnPropertyDescriptor(error, 'errors');
  return own?.enumerable === false && Array.isArray(own.value) ? (own.value as unknown[]) : undefined;
}

function nameOf(error: Error): string {
  const name = asText(error.name);
  // A subclass that sets no name would come back as a nameless Error.
  return name === 'Error' ? classNameOf(error) : name;
}

/** Nothing keeps a library from setting a name or message that is no string. */
function asText(text: unknown): string {
  return String(text);
}

function setHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}
