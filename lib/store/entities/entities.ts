import { QueueJobAttempt } from './queue-job-attempt.entity.js';
import { QueueJobAudit } from './queue-job-audit.entity.js';
import { QueueJobBatchCallback } from './queue-job-batch-callback.entity.js';
import { QueueJobBatch } from './queue-job-batch.entity.js';
import { QueueJobChannel } from './queue-job-channel.entity.js';
import { QueueJobClaim } from './queue-job-claim.entity.js';
import { QueueJobDependency } from './queue-job-dependency.entity.js';
import { QueueJobFollowUp } from './queue-job-follow-up.entity.js';
import { QueueJobFunction } from './queue-job-function.entity.js';
import { QueueJobHistory } from './queue-job-history.entity.js';
import { QueueJobKey } from './queue-job-key.entity.js';
import { QueueJobLog } from './queue-job-log.entity.js';
import { QueueJobMute } from './queue-job-mute.entity.js';
import { QueueJobMeta } from './queue-job-meta.entity.js';
import { QueueJobNode } from './queue-job-node.entity.js';
import { QueueJobPermit } from './queue-job-permit.entity.js';
import { QueueJobRollup } from './queue-job-rollup.entity.js';
import { QueueJobSchedule } from './queue-job-schedule.entity.js';
import { QueueJobStart } from './queue-job-start.entity.js';
import { QueueJob } from './queue-job.entity.js';

/**
 * The TypeORM entities of this library, for the `entities` of a data source that lists its own by hand. With
 * `autoLoadEntities: true` they are found without it.
 *
 * @example
 * ```ts
 * TypeOrmModule.forRoot({ type: 'postgres', url, entities: [Product, ...QUEUE_JOB_ENTITIES] })
 * ```
 */
export const QUEUE_JOB_ENTITIES = [
  QueueJob,
  QueueJobHistory,
  QueueJobAttempt,
  QueueJobLog,
  QueueJobDependency,
  QueueJobChannel,
  QueueJobPermit,
  QueueJobStart,
  QueueJobFunction,
  QueueJobNode,
  QueueJobSchedule,
  QueueJobClaim,
  QueueJobRollup,
  QueueJobBatch,
  QueueJobBatchCallback,
  QueueJobFollowUp,
  QueueJobKey,
  QueueJobMeta,
  QueueJobAudit,
  QueueJobMute,
];
