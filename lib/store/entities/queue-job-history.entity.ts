import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { int8AsNumber } from './int8-as-number.js';
import { JobRecord } from './job-record.js';

/**
 * A job that has ended, `done` or `cancelled`. It stands apart from the live ones so that ten million of these can not
 * slow a claim.
 */
@Entity({ name: 'queue_job_history', synchronize: false })
@Index('queue_job_history_done', ['dateDone'])
@Index('queue_job_history_cancelled', ['uuid'], { where: "state = 'cancelled'" })
@Index('queue_job_history_graph', ['graphUuid'], { where: 'graph_uuid IS NOT NULL' })
@Index('queue_job_history_tick', ['schedule', 'scheduledAt'], { where: 'schedule IS NOT NULL' })
@Index('queue_job_history_member', ['batchUuid', 'state', 'uuid'], { where: 'batch_uuid IS NOT NULL' })
export class QueueJobHistory<R = unknown> extends JobRecord<R> {
  @PrimaryColumn({ name: 'uuid', type: 'uuid', primaryKeyConstraintName: 'queue_job_history_pkey' })
  uuid!: string;

  @Column({ name: 'seq', type: 'bigint', transformer: int8AsNumber })
  seq!: number;
}
