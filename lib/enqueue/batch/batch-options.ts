import { validate } from 'uuid';
import { InvalidBatchError } from '../../errors/invalid-batch.error.js';
import { BATCH_STATES, type BatchEvent } from '../../job/batch-progress.js';
import { unknownProperty } from '../../common/check-properties.js';
import { formatValue } from '../../common/format-value.js';
import type { BatchFilter } from '../../store/batches/batch-store.js';
import { DelayableJob } from '../graph/delayable-job.js';
import type { BatchCallback, BatchOptions } from './batch.js';

const CALLBACKS = {
  onDone: 'done',
  onSuccess: 'success',
  onFailure: 'failure',
  onProgress: 'progress',
} as const;
const OPTIONS = ['jobs', ...Object.keys(CALLBACKS), 'progressStep', 'noDelay', 'manager'];
const FILTER = ['state', 'name', 'userId', 'before', 'limit'];
const MAX_NAME = 1_000;
const MAX_LIMIT = 1_000;
const DEFAULT_STEP = 10;

/** A callback with the job that was built for it. */
export interface BuiltCallback {
  readonly option: string;
  readonly event: BatchEvent;
  readonly job: DelayableJob;
}

/** @throws InvalidBatchError */
export function checkName(name: unknown): string {
  if (typeof name === 'string' && name !== '' && name.length <= MAX_NAME && !name.includes('\0')) return name;
  throw new InvalidBatchError(
    `The name of a batch is a text of 1 to ${MAX_NAME} characters without NUL, not ${formatValue(name)}.`,
  );
}

/**
 * Checks what can be checked before anything is built.
 *
 * @returns the step in percent, null without `onProgress`
 * @throws InvalidBatchError
 */
export function checkOptions(options: BatchOptions): number | null {
  checkKnown('batches.create()', options, OPTIONS);
  const { jobs, noDelay, onProgress, progressStep = DEFAULT_STEP } = options;
  if (jobs !== undefined && !Array.isArray(jobs))
    throw new InvalidBatchError(`jobs is a list of what queue.delayable() builds, not ${formatValue(jobs)}.`);
  if (noDelay !== undefined && typeof noDelay !== 'boolean')
    throw new InvalidBatchError(`noDelay must be true or false, not ${formatValue(noDelay)}.`);
  if (!(Number.isInteger(progressStep) && progressStep >= 1 && progressStep <= 100))
    throw new InvalidBatchError(
      `progressStep must be a whole number of percent from 1 to 100, not ${formatValue(progressStep)}.`,
    );
  if (onProgress === undefined && options.progressStep !== undefined)
    throw new InvalidBatchError('progressStep is the step of onProgress, which was not given.');
  return onProgress === undefined ? null : progressStep;
}

/** @throws InvalidBatchError where a callback is no single job, or stands twice */
export function buildCallbacks(
  options: BatchOptions,
  batch: { readonly uuid: string; readonly name: string },
): BuiltCallback[] {
  const built: BuiltCallback[] = [];
  for (const [option, event] of Object.entries(CALLBACKS) as [keyof typeof CALLBACKS, BatchEvent][]) {
    const given = options[option];
    if (given === undefined) continue;
    const job = checkCallback(option, typeof given === 'function' ? given({ ...batch }) : given);
    if (built.some((other) => other.job === job))
      throw new InvalidBatchError(`${option} is another callback already. Build a delayable for each.`);
    built.push({ option, event, job });
  }
  return built;
}

function checkCallback(option: string, job: Exclude<BatchCallback, () => unknown>): DelayableJob {
  if (!(job instanceof DelayableJob)) {
    throw new InvalidBatchError(
      `${option} takes a job of queue.delayable(provider).method(), or a function that builds one, not ${formatValue(job)}. A chain or group can be built by that job.`,
    );
  }
  if (job.parents.size > 0 || job.children.size > 0 || job.linked.size > 0) {
    throw new InvalidBatchError(
      `${option} takes a single job, and ${job.description} stands in a graph. Build the graph in that job.`,
    );
  }
  job.mustBeOpen();
  return job;
}

/** @throws InvalidBatchError where it is no uuid */
export function checkBatchUuid(uuid: string): string {
  if (validate(uuid)) return uuid;
  throw new InvalidBatchError(`${formatValue(uuid)} is not the uuid of a batch.`);
}

/** @throws InvalidBatchError that names the property, the value and what is allowed */
export function checkBatchFilter(filter: BatchFilter): BatchFilter {
  checkKnown('A filter of batches', filter, FILTER);
  const { state, before, limit } = filter;
  for (const one of state === undefined ? [] : [state].flat()) {
    if (!BATCH_STATES.includes(one))
      throw new InvalidBatchError(`state must be among ${BATCH_STATES.join(', ')}, not ${formatValue(one)}.`);
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT))
    throw new InvalidBatchError(
      `limit must be a whole number from 1 to ${MAX_LIMIT}, not ${formatValue(limit)}.`,
    );
  if (before !== undefined) checkBatchUuid(before);
  return filter;
}

function checkKnown(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidBatchError(`${what} takes an object of ${known.join(', ')}, not ${formatValue(given)}.`);
  const unknown = unknownProperty(given, known);
  if (unknown !== undefined)
    throw new InvalidBatchError(
      `${what} has no property ${unknown.name}; it has ${known.join(', ')}.${unknown.hint}`,
    );
}
