import { readTick } from '../../job/schedule-tick.js';
import type { ClaimedJob } from '../claims/claim-store.js';
import { QueueJob } from '../entities/queue-job.entity.js';
import type { JobRow } from './job-store.js';

/** The parts of a job that the codec has read. */
export interface DecodedParts {
  readonly args: readonly unknown[];
  readonly result: unknown;
  readonly context: unknown;
}

/** A stored row as the entity that users see. */
export function hydrateRow(row: JobRow, { args, result, context }: DecodedParts): QueueJob {
  return Object.assign(new QueueJob(), {
    uuid: row.uuid,
    seq: row.seq,
    state: row.state,
    name: row.name,
    channel: row.channel,
    priority: row.priority,
    retry: row.retry,
    maxRetries: row.max_retries,
    node: row.node,
    args: [...args],
    result,
    description: row.description,
    identityKey: row.identity_key,
    identityUntilDone: row.identity_until_done,
    eta: row.eta,
    userId: row.user_id,
    context,
    graphUuid: row.graph_uuid,
    batchUuid: row.batch_uuid,
    schedule: row.schedule,
    scheduledAt: row.scheduled_at,
    tick: readTick(row.tick as string | null),
    hasChildren: row.has_children,
    dateCreated: row.date_created,
    dateEnqueued: row.date_enqueued,
    dateStarted: row.date_started,
    dateDone: row.date_done,
    execTime: row.exec_time,
    excName: row.exc_name,
    excMessage: row.exc_message,
    excInfo: row.exc_info,
    excFingerprint: row.exc_fingerprint,
    progress: row.progress,
    progressTotal: row.progress_total,
    cancelBy: row.cancel_by,
  });
}

/** A claimed job as it is while it runs. */
export function hydrateClaimed(job: ClaimedJob, args: readonly unknown[], context: unknown): QueueJob {
  const tick = readTick(job.tick);
  return Object.assign(new QueueJob(), {
    uuid: job.uuid,
    seq: job.seq,
    state: 'started',
    name: job.name,
    channel: job.channel,
    priority: job.priority,
    retry: job.retry,
    maxRetries: job.maxRetries,
    args: [...args],
    result: null,
    description: job.description,
    identityKey: job.identityKey,
    identityUntilDone: job.identityUntilDone,
    eta: job.eta,
    userId: job.userId,
    context,
    graphUuid: job.graphUuid,
    batchUuid: job.batchUuid,
    schedule: tick?.name ?? null,
    scheduledAt: tick?.scheduledAt ?? null,
    tick,
    hasChildren: job.hasChildren,
    dateCreated: job.dateCreated,
    // All jobs of a claim have the same.
    dateEnqueued: new Date(job.dateEnqueued),
    dateStarted: new Date(),
    dateDone: null,
    execTime: null,
    excName: null,
    excMessage: null,
    excInfo: null,
    excFingerprint: null,
    cancelBy: null,
  });
}
