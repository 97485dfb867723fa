import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Jobs that are watched together. Its members are the jobs with its uuid in `batch_uuid`; how many there are in each state
 * is counted when somebody asks.
 */
@Entity({ name: 'queue_job_batch', synchronize: false })
@Index('queue_job_batch_ended', ['dateEnded'], { where: 'date_ended IS NOT NULL' })
export class QueueJobBatch {
  /** A UUID of version 7: the order of these is that of creation. */
  @PrimaryColumn({ name: 'uuid', type: 'uuid', primaryKeyConstraintName: 'queue_job_batch_pkey' })
  uuid!: string;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId!: string | null;

  @Column({ name: 'date_created', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateCreated!: Date;

  /** From then on nothing may be added; null while it is open. */
  @Column({ name: 'date_closed', type: 'timestamptz', nullable: true })
  dateClosed!: Date | null;

  /** It was closed and every member had ended; null again where one was requeued. */
  @Column({ name: 'date_ended', type: 'timestamptz', nullable: true })
  dateEnded!: Date | null;

  /** As `dateEnded`, and every member was done. */
  @Column({ name: 'date_succeeded', type: 'timestamptz', nullable: true })
  dateSucceeded!: Date | null;

  /** The first failure; the first since it was opened again, where it was. */
  @Column({ name: 'date_failed', type: 'timestamptz', nullable: true })
  dateFailed!: Date | null;

  /** Members that are no longer stored, since they ended long ago. */
  @Column({ name: 'removed_done', type: 'integer', default: 0 })
  removedDone!: number;

  @Column({ name: 'removed_cancelled', type: 'integer', default: 0 })
  removedCancelled!: number;

  /** Percent between two jobs of `onProgress`; null without it. The next three count for these alone, once it is closed. */
  @Column({ name: 'progress_step', type: 'integer', nullable: true })
  progressStep!: number | null;

  @Column({ name: 'total', type: 'integer', default: 0 })
  total!: number;

  /** Members that have ended. */
  @Column({ name: 'settled', type: 'integer', default: 0 })
  settled!: number;

  /** The last step that was told. */
  @Column({ name: 'reported', type: 'integer', default: 0 })
  reported!: number;
}
