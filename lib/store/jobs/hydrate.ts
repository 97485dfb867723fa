import { readTick } from '../../job/schedule-tick.js';
import type { ClaimedJob } from '../claims/claimed-job.js';
import { QueueJob } from '../entities/queue-job.entity.js';
import { JOB_COLUMNS, type JobProperty } from '../../job/job-columns.js';
import type { JobRow } from './job-store.js';

/** The parts of a job that the codec has read. */
export interface DecodedParts {
  readonly args: readonly unknown[];
  readonly result: unknown;
  readonly context: unknown;
}

/** A stored row as the entity that users see. */
export function hydrateRow(row: JobRow, { args, result, context }: DecodedParts): QueueJob {
  const fields: Partial<Record<JobProperty, unknown>> = {};
  for (const { property, column } of JOB_COLUMNS) fields[property] = row[column];
  const tick = readTick(row.tick as string | null);
  return Object.assign(new QueueJob(), fields, {
    args: [...args],
    result,
    context,
    tick,
    tags: row.tags ?? [],
  });
}

/** A claimed job as it is while it runs. */
export function hydrateClaimed(
  job: ClaimedJob,
  args: readonly unknown[],
  context: unknown,
  node: number,
): QueueJob {
  const claimed: Partial<Record<JobProperty, unknown>> = job;
  const fields: Partial<Record<JobProperty, unknown>> = {};
  for (const { property, claim } of JOB_COLUMNS) fields[property] = claim ? claimed[property] : null;
  const tick = readTick(job.tick);
  return Object.assign(new QueueJob(), fields, {
    state: 'started',
    node,
    args: [...args],
    context,
    schedule: tick?.name ?? null,
    scheduledAt: tick?.scheduledAt ?? null,
    tick,
    tags: [...(job.tags ?? [])],
    // All jobs of a claim have the same.
    dateEnqueued: new Date(job.dateEnqueued),
    dateStarted: new Date(),
  });
}
