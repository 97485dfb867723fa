import { Column, Entity, PrimaryColumn } from 'typeorm';

const key = { primaryKeyConstraintName: 'queue_job_rollup_pkey' } as const;

/**
 * How the attempts of a job function in a channel ended within a minute, a quarter of an hour and an hour, a row each: what
 * the charts are drawn from. Rows without a name tell how many jobs waited; that without a channel, in all of them.
 */
@Entity({ name: 'queue_job_rollup', synchronize: false })
export class QueueJobRollup {
  /** Seconds: 60, 900 or 3600. */
  @PrimaryColumn({ name: 'width', type: 'integer', ...key })
  width!: number;

  /** Its start. */
  @PrimaryColumn({ name: 'bucket', type: 'timestamptz', ...key })
  bucket!: Date;

  @PrimaryColumn({ name: 'channel', type: 'text', collation: 'C', ...key })
  channel!: string;

  @PrimaryColumn({ name: 'name', type: 'text', ...key })
  name!: string;

  @Column({ name: 'done', type: 'integer', default: 0 })
  done!: number;

  @Column({ name: 'failed', type: 'integer', default: 0 })
  failed!: number;

  @Column({ name: 'retried', type: 'integer', default: 0 })
  retried!: number;

  @Column({ name: 'cancelled', type: 'integer', default: 0 })
  cancelled!: number;

  /** Histogram of the seconds that the attempts waited; see lib/common/histogram.ts. */
  @Column({ name: 'wait', type: 'integer', array: true, default: () => "'{}'" })
  wait!: number[];

  /** Histogram of the seconds that they ran. */
  @Column({ name: 'run', type: 'integer', array: true, default: () => "'{}'" })
  run!: number[];

  /** Jobs that waited for their turn when somebody last looked. */
  @Column({ name: 'depth', type: 'integer', nullable: true })
  depth!: number | null;
}
