import { fingerprintOf } from './fingerprint.js';
import { formatValue } from '../common/format-value.js';
import { toError, isError, read, readText } from '../common/to-error.js';

/** An error as it is stored: text that PostgreSQL can hold, of bounded length. */
export interface Failure {
  /** Such as `RetryableJobError`; 255 characters at most. */
  readonly name: string;
  /** 10,000 characters at most. */
  readonly message: string;
  /** The stack, its causes and the members of an AggregateError below it; 100,000 characters at most. */
  readonly stack: string;
  /** Equal where the kind of error is the same: 16 hexadecimal digits. */
  readonly fingerprint: string;
}

const MAX_NAME = 255;
const MAX_MESSAGE = 10_000;
const MAX_STACK = 100_000;
const MAX_DEPTH = 50;

/**
 * The parts of an error that are stored. Never throws, whatever was thrown: getters that throw, causes that run in a
 * circle, and endless ones are all seen to.
 *
 * @example
 * ```ts
 * describeFailure(new Error('No label', { cause: new Error('Printer off') })).stack;
 * // Error: No label
 * //     at …
 * // Caused by: Error: Printer off
 * //     at …
 * ```
 */
export function describeFailure(thrown: unknown): Failure {
  try {
    return describe(thrown);
  } catch {
    // A proxy may answer one question and throw at the next.
    const [name, message] = ['NonErrorThrown', 'What was thrown can not be read'];
    return { name, message, stack: `${name}: ${message}`, fingerprint: fingerprintOf(name, message) };
  }
}

function describe(thrown: unknown): Failure {
  const error = toError(thrown);
  const sections: string[] = [];
  collect(error, '', 0, { sections, seen: new Set(), room: MAX_STACK });
  const name = bound(nameOf(error), MAX_NAME);
  const message = bound(readText(error, 'message') ?? '', MAX_MESSAGE);
  return {
    name,
    message,
    stack: bound(sections.join('\n'), MAX_STACK),
    fingerprint: fingerprintOf(name, message),
  };
}

interface Stack {
  readonly sections: string[];
  readonly seen: Set<unknown>;
  /** Characters that are still worth collecting. */
  room: number;
}

function collect(error: unknown, label: string, depth: number, stack: Stack): void {
  if (stack.room < 0) return;
  const section = label + (stack.seen.has(error) ? `${header(error)} [seen above]` : textOf(error, depth));
  stack.sections.push(section);
  stack.room -= section.length + 1;
  if (stack.seen.has(error) || depth >= MAX_DEPTH) return;
  if (typeof error === 'object' && error !== null) stack.seen.add(error);

  const members = read(error, 'errors');
  const count = isArray(members) ? Number(read(members, 'length')) : 0;
  for (let at = 0; at < count && stack.room >= 0; at += 1) {
    collect(read(members, String(at)), `Error ${at + 1} of ${count}: `, depth + 1, stack);
  }
  const cause = read(error, 'cause');
  if (cause !== undefined) collect(cause, 'Caused by: ', depth + 1, stack);
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    // A revoked proxy refuses even that.
    return false;
  }
}

function textOf(error: unknown, depth: number): string {
  if (depth >= MAX_DEPTH) return '[more causes, not shown]';
  const head = header(error);
  const stack = readText(error, 'stack');
  if (stack === undefined) return head;
  // V8 writes the head of a stack when the error is made, before a constructor has set the name: it is written again.
  const message = readText(error, 'message') ?? '';
  const from = stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  const frames = /^[ \t]*at .*/ms.exec(stack.slice(from));
  if (frames !== null) return `${head}\n${frames[0]}`;
  return stack.includes(head) ? stack : `${head}\n${stack}`;
}

function header(error: unknown): string {
  if (!isError(error) && readText(error, 'message') === undefined) return formatValue(error);
  const message = readText(error, 'message');
  return message === undefined ? nameOf(error) : `${nameOf(error)}: ${message}`;
}

function nameOf(error: unknown): string {
  const name = readText(error, 'name') ?? 'Error';
  // A class that doesn't set its name inherits 'Error', which tells less than its own name.
  return name === 'Error' ? (readText(read(error, 'constructor'), 'name') ?? name) : name;
}

/** What PostgreSQL can hold of a text (no NUL, no lone surrogate), cut with a mark where it is longer than `max`. */
function bound(text: string, max: number): string {
  if (text.length <= max) return clean(text);
  const mark = `… [cut, ${text.length} characters in all]`;
  return clean(text.slice(0, max - mark.length)) + mark;
}

function clean(text: string): string {
  // \p{Surrogate} matches lone ones only: with the u flag a pair is one character.
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}
