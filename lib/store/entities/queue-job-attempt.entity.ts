import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * An attempt that did not end its job well. The attempt that made a job `done` is told by the job itself, so that a job
 * which runs well at once costs one row; `QueueService.attempts(uuid)` returns both.
 */
@Entity({ name: 'queue_job_attempt', synchronize: false })
@Index('queue_job_attempt_job', ['jobUuid'])
@Index('queue_job_attempt_failure', ['name', 'excFingerprint', 'dateEnded'])
export class QueueJobAttempt {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'queue_job_attempt_pkey',
  })
  id!: string;

  @Column({ name: 'job_uuid', type: 'uuid' })
  jobUuid!: string;

  /** Of the job: `Provider.method`. */
  @Column({ name: 'name', type: 'text', default: '' })
  name!: string;

  /** The number of the attempt, from 1. */
  @Column({ name: 'retry', type: 'integer' })
  retry!: number;

  @Column({ name: 'node', type: 'integer', nullable: true })
  node!: number | null;

  @Column({ name: 'date_started', type: 'timestamptz', nullable: true })
  dateStarted!: Date | null;

  @Column({ name: 'date_ended', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateEnded!: Date;

  @Column({ name: 'exc_name', type: 'text', nullable: true })
  excName!: string | null;

  @Column({ name: 'exc_message', type: 'text', nullable: true })
  excMessage!: string | null;

  @Column({ name: 'exc_info', type: 'text', nullable: true })
  excInfo!: string | null;

  @Column({ name: 'exc_fingerprint', type: 'text', nullable: true })
  excFingerprint!: string | null;
}
