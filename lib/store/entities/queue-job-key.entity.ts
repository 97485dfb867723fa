import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An identity key with a window: until then, calls with it get the job that the first one stored. */
@Entity({ name: 'queue_job_key', synchronize: false })
@Index('queue_job_key_until', ['until'])
export class QueueJobKey {
  @PrimaryColumn({ name: 'key', type: 'text', primaryKeyConstraintName: 'queue_job_key_pkey' })
  key!: string;

  @Column({ name: 'job_uuid', type: 'uuid' })
  jobUuid!: string;

  @Column({ name: 'until', type: 'timestamptz' })
  until!: Date;
}
