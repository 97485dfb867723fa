import { isDeepStrictEqual } from 'node:util';
import { formatValue } from '../common/format-value.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';

/** What a test expects of a job. */
export interface ExpectedJob {
  /** The arguments; matchers such as `expect.any(Number)` may stand in them. Default: any. */
  readonly args?: readonly unknown[];
  /** Properties of the job, such as `{ priority: 5, channel: 'root.mail' }`. */
  readonly properties?: Readonly<Partial<Record<keyof QueueJob, unknown>>>;
  /** How many such jobs there are. Default: at least one. */
  readonly times?: number;
}

type Differences = readonly string[];

/** What differs between a job and what is expected of it; nothing for one that is as expected. */
export function differences(job: QueueJob, { args, properties = {} }: ExpectedJob): Differences {
  const found: string[] = [];
  if (args !== undefined && args.length !== job.args.length) {
    found.push(`it has ${job.args.length} arguments, not ${args.length}`);
  }
  for (const [at, expected] of (args ?? []).entries()) {
    if (!matches(expected, job.args[at])) {
      found.push(`args[${at}] is ${formatValue(job.args[at])}, not ${formatValue(expected)}`);
    }
  }
  for (const [name, expected] of Object.entries(properties)) {
    const actual = job[name as keyof QueueJob];
    if (!matches(expected, actual))
      found.push(`${name} is ${formatValue(actual)}, not ${formatValue(expected)}`);
  }
  return found;
}

/** The text of a failed expectation: what was expected, what there is, and what comes nearest. */
export function failureText(
  name: string,
  expected: ExpectedJob,
  jobs: readonly QueueJob[],
  found: number,
): string {
  const { args, properties, times } = expected;
  const wanted = [
    `Expected ${times === undefined ? 'a job' : `${times} ${times === 1 ? 'job' : 'jobs'}`} ${name}`,
    args === undefined ? '' : ` with the arguments ${formatValue(args)}`,
    properties === undefined ? '' : ` with ${formatValue(properties)}`,
    `, but there ${found === 1 ? 'is 1' : `are ${found === 0 ? 'none' : found}`}.`,
  ].join('');
  if (jobs.length === 0) return `${wanted}\nNo job was enqueued.`;
  const lines = jobs.map((job, at) => `  ${at + 1}. ${describeJob(job)}`);
  return [wanted, 'Enqueued:', ...lines, ...nearest(name, expected, jobs)].join('\n');
}

function nearest(name: string, expected: ExpectedJob, jobs: readonly QueueJob[]): string[] {
  const ranked = jobs
    .map((job, at) => ({ at: at + 1, job, differs: differences(job, expected) }))
    .filter(({ job, differs }) => job.name === name && differs.length > 0)
    .sort((a, b) => a.differs.length - b.differs.length);
  const [first] = ranked;
  return first === undefined ? [] : [`Nearest is ${first.at}: ${first.differs.join('; ')}.`];
}

function describeJob({ name, args, priority, channel, eta, identityKey }: QueueJob): string {
  const more = [
    `priority ${priority}`,
    `channel ${channel}`,
    ...(eta === null ? [] : [`eta ${eta.toISOString()}`]),
    ...(identityKey === null ? [] : [`identityKey ${formatValue(identityKey)}`]),
  ];
  return `${name}(${args.map((argument) => formatValue(argument)).join(', ')})  ${more.join(', ')}`;
}

/** As `toEqual` does it: matchers of Jest and Vitest may stand anywhere in it. */
function matches(expected: unknown, actual: unknown): boolean {
  const matcher = (expected as { asymmetricMatch?: unknown } | null | undefined)?.asymmetricMatch;
  if (typeof matcher === 'function') return Reflect.apply(matcher, expected, [actual]) === true;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((one, at) => matches(one, actual[at]))
    );
  }
  if (!isRecord(expected) || !isRecord(actual)) return isDeepStrictEqual(expected, actual);
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].every((key) => matches(expected[key], actual[key]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
