import { Column, Entity, Generated, Index, PrimaryColumn } from 'typeorm';
import { JobRecord } from './job-record.js';
import { int8AsNumber } from './int8-as-number.js';
import { Phase } from '../jobs/phase.js';

/**
 * A job: stored by a call through `withDelay()`, run by any node. This table holds those that still live; an ended one
 * moves to `queue_job_history` with the same columns, and `QueueService.find(uuid)` knows both.
 *
 * `R` is what the method's promise resolves to.
 */
@Entity({ name: 'queue_job', synchronize: false })
@Index('queue_job_ready', ['channel', 'priority', 'seq'], { where: `phase = ${Phase.ready}` })
@Index('queue_job_aside', ['phase', 'channel', 'priority', 'seq'], { where: `phase <> ${Phase.ready}` })
@Index('queue_job_due', ['eta'], { where: `phase = ${Phase.eta}` })
@Index('queue_job_identity', ['identityLock'], { unique: true, where: 'identity_lock IS NOT NULL' })
@Index('queue_job_cancel', ['cancelBy'], { where: 'cancel_by IS NOT NULL' })
@Index('queue_job_failure', ['name', 'excFingerprint', 'dateStarted'], { where: `phase = ${Phase.failed}` })
@Index('queue_job_graph', ['graphUuid'], { where: 'graph_uuid IS NOT NULL' })
@Index('queue_job_failed', ['uuid'], { where: `phase = ${Phase.failed}` })
@Index('queue_job_expiry', ['startBefore'], {
  where: `start_before IS NOT NULL AND phase <= ${Phase.ready}`,
})
@Index('queue_job_tick', ['schedule', 'scheduledAt'], { unique: true, where: 'schedule IS NOT NULL' })
@Index('queue_job_member', ['batchUuid', 'uuid'], { where: 'batch_uuid IS NOT NULL' })
@Index('queue_job_member_live', ['batchUuid', 'seq'], {
  where: `batch_uuid IS NOT NULL AND phase <> ${Phase.failed}`,
})
export class QueueJob<R = unknown> extends JobRecord<R> {
  /** A UUID of version 7, so that the primary key grows at its end. */
  @PrimaryColumn({ name: 'uuid', type: 'uuid', primaryKeyConstraintName: 'queue_job_pkey' })
  uuid!: string;

  @Column({ name: 'seq', type: 'bigint', transformer: int8AsNumber })
  @Generated('increment')
  seq!: number;

  /** In which index the row stands; see the store. */
  @Column({ name: 'phase', type: 'smallint', default: 2, select: false })
  phase!: number;

  /** The identity key while it counts. */
  @Column({ name: 'identity_lock', type: 'text', nullable: true, select: false })
  identityLock!: string | null;

  /** Who asked to cancel the job while a node has it. */
  @Column({ name: 'cancel_by', type: 'text', nullable: true })
  cancelBy!: string | null;

  /** How many nodes have died while they may have run it; see the rescue of jobs in the store. */
  @Column({ name: 'deaths', type: 'integer', default: 0, select: false })
  deaths!: number;

  /** True on the answer of a call whose identity key found a waiting job: nothing new was stored. Not a column. */
  deduplicated?: boolean;

  /** True on the answer of a call that gave a waiting job its arguments: see `onDuplicate`. Not a column. */
  replaced?: boolean;
}
