import type { JobFunction } from '../../../registry/job-function.js';
import type { JobRow } from '../../../store/jobs/job-store.js';
import type { Redaction } from '../redaction/redactor.js';
import { around, quoted, recordCode, valueCode } from './value-code.js';

/** More is no code that anybody reads. */
const LONGEST = 20_000;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * The call that would enqueue a job again.
 *
 * @param fn - its function, where this application knows it
 * @param given - its arguments as stored, parsed, and how many characters of JSON they are
 */
export function callCode(
  row: JobRow,
  fn: JobFunction | undefined,
  { args, length }: { readonly args: readonly unknown[]; readonly length: number },
  redaction: Redaction,
): string {
  const tooLong = length > LONGEST;
  const given = tooLong
    ? [`...args /* ${length} characters of JSON */`]
    : args.map((argument) => valueCode(argument, '  '));
  const options = optionsOf(row, fn, redaction);
  const optionsCode = Object.keys(options).length === 0 ? [] : [recordCode(options, '')];
  const isClass = typeof fn?.token === 'function';
  if (fn === undefined || !isClass || !IDENTIFIER.test(fn.providerName) || !IDENTIFIER.test(fn.methodName)) {
    const list = tooLong ? 'args' : around('[', given, ']', '');
    return `await queue.enqueue(${[quoted(row.name as string), list, ...optionsCode].join(', ')});`;
  }
  const target = [fn.providerName, ...optionsCode].join(', ');
  return `await queue.withDelay(${target}).${fn.methodName}${around('(', given, ')', '')};`;
}

/** What the call has to say, since the decorator doesn't. */
function optionsOf(row: JobRow, fn: JobFunction | undefined, redaction: Redaction): Record<string, unknown> {
  const { priority = 10, maxRetries = 5 } = fn?.options ?? {};
  const options: Record<string, unknown> = {};
  if (row.priority !== priority) options['priority'] = row.priority;
  if (row.max_retries !== maxRetries) options['maxRetries'] = row.max_retries;
  if (row.channel !== fn?.channel) options['channel'] = row.channel;
  if (row.description !== row.name && !redaction.hides('description'))
    options['description'] = row.description;
  if (row.identity_key !== null && !redaction.hides('identityKey')) options['identityKey'] = row.identity_key;
  return options;
}
