import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A job that is stored when something happens to a batch. */
@Entity({ name: 'queue_job_batch_callback', synchronize: false })
export class QueueJobBatchCallback {
  @PrimaryColumn({
    name: 'batch_uuid',
    type: 'uuid',
    primaryKeyConstraintName: 'queue_job_batch_callback_pkey',
  })
  batchUuid!: string;

  /** `done`, `success`, `failure` or `progress`. */
  @PrimaryColumn({
    name: 'event',
    type: 'text',
    primaryKeyConstraintName: 'queue_job_batch_callback_pkey',
  })
  event!: string;

  /** What the job is made of. */
  @Column({ name: 'job', type: 'json' })
  job!: unknown;

  /** The last job that was stored. */
  @Column({ name: 'job_uuid', type: 'uuid', nullable: true })
  jobUuid!: string | null;

  /** How many jobs were stored. */
  @Column({ name: 'fired', type: 'integer', default: 0 })
  fired!: number;
}
