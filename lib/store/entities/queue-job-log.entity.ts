import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A line written by `currentJob().log(message, data)`. */
@Entity({ name: 'queue_job_log', synchronize: false })
@Index('queue_job_log_job', ['jobUuid', 'id'])
export class QueueJobLog {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'queue_job_log_pkey',
  })
  id!: string;

  @Column({ name: 'job_uuid', type: 'uuid' })
  jobUuid!: string;

  @Column({ name: 'retry', type: 'integer' })
  retry!: number;

  @Column({ name: 'date', type: 'timestamptz', default: () => 'clock_timestamp()' })
  date!: Date;

  @Column({ name: 'message', type: 'text' })
  message!: string;

  @Column({ name: 'data', type: 'json', nullable: true })
  data!: unknown;
}
