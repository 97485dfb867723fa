import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A kind of failure that somebody knows of: it is no longer something that needs attention. */
@Entity({ name: 'queue_job_mute', synchronize: false })
export class QueueJobMute {
  /** Of the job function. */
  @PrimaryColumn({ name: 'name', type: 'text', primaryKeyConstraintName: 'queue_job_mute_pkey' })
  name!: string;

  /** Of the kind of error; empty where it has none. */
  @PrimaryColumn({ name: 'fingerprint', type: 'text', primaryKeyConstraintName: 'queue_job_mute_pkey' })
  fingerprint!: string;

  @Column({ name: 'muted_by', type: 'text' })
  mutedBy!: string;

  @Column({ name: 'date_muted', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateMuted!: Date;

  /** Null: until somebody unmutes it. */
  @Column({ name: 'until', type: 'timestamptz', nullable: true })
  until!: Date | null;
}
