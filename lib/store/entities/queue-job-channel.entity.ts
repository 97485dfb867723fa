import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A channel as it is in force, over all nodes. */
@Entity({ name: 'queue_job_channel', synchronize: false })
@Index('queue_job_channel_fair', ['name'], { where: 'fair' })
export class QueueJobChannel {
  @PrimaryColumn({
    name: 'name',
    type: 'text',
    collation: 'C',
    primaryKeyConstraintName: 'queue_job_channel_pkey',
  })
  name!: string;

  /** How many jobs, those of the subchannels included, may run at once; null is without limit. */
  @Column({ name: 'capacity', type: 'integer', nullable: true })
  capacity!: number | null;

  @Column({ name: 'sequential', type: 'boolean', default: false })
  sequential!: boolean;

  /** Seconds between two starts. */
  @Column({ name: 'throttle', type: 'double precision', nullable: true })
  throttle!: number | null;

  @Column({ name: 'fair', type: 'boolean', default: false })
  fair!: boolean;

  @Column({ name: 'paused', type: 'boolean', default: false })
  paused!: boolean;

  /** Milliseconds that ended jobs are kept; null is the module's `removalInterval`. */
  @Column({ name: 'removal_interval', type: 'double precision', nullable: true })
  removalInterval!: number | null;

  /** The names of the channels, this one and those above it, at which a claim has to look: all that limit anything. */
  @Column({ name: 'limiting_channels', type: 'text', array: true, default: () => "'{}'" })
  limitingChannels!: string[];

  /** The earliest next start of a channel with `throttle`. */
  @Column({ name: 'next_start', type: 'timestamptz', nullable: true })
  nextStart!: Date | null;

  /** When a `fair` channel last served this one; a growing number. */
  @Column({ name: 'served', type: 'bigint', default: 0 })
  served!: string;

  /** What the module option says; null where it says nothing. */
  @Column({ name: 'configured', type: 'jsonb', nullable: true })
  configured!: Record<string, unknown> | null;

  /** The properties changed at run time, which stand over `configured`. */
  @Column({ name: 'changed', type: 'jsonb', nullable: true })
  changed!: Record<string, unknown> | null;

  @Column({ name: 'date_created', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateCreated!: Date;

  /** How many jobs may start within any stretch of {@link ratePer}; null is any number. */
  @Column({ name: 'rate_limit', type: 'integer', nullable: true })
  rateLimit!: number | null;

  /** Seconds. */
  @Column({ name: 'rate_per', type: 'double precision', nullable: true })
  ratePer!: number | null;

  /** Until when a job has asked that nothing starts here. */
  @Column({ name: 'held_until', type: 'timestamptz', nullable: true })
  heldUntil!: Date | null;

  /** The uuid of that job. */
  @Column({ name: 'held_by', type: 'uuid', nullable: true })
  heldBy!: string | null;

  /** Since when no job is in it, as far as somebody has looked; only of channels that were made on use. */
  @Column({ name: 'date_empty', type: 'timestamptz', nullable: true })
  dateEmpty!: Date | null;
}
