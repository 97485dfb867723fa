import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A schedule: one of the code, by `@CronJob()`, or one that data made, by `ScheduleService.upsert()`. */
@Entity({ name: 'queue_job_schedule', synchronize: false })
@Index('queue_job_schedule_due', ['nextTick'], { where: 'next_tick IS NOT NULL' })
export class QueueJobSchedule {
  @PrimaryColumn({
    name: 'name',
    type: 'text',
    collation: 'C',
    primaryKeyConstraintName: 'queue_job_schedule_pkey',
  })
  name!: string;

  /** `code` or `data`. */
  @Column({ name: 'source', type: 'text' })
  source!: 'code' | 'data';

  /** The job function whose jobs its ticks are. */
  @Column({ name: 'job_name', type: 'text' })
  jobName!: string;

  /** When it ticks and what a tick stores. */
  @Column({ name: 'definition', type: 'json' })
  definition!: unknown;

  /** What was changed at run time; null: nothing. */
  @Column({ name: 'override', type: 'json', nullable: true })
  override!: unknown;

  /** Counts the changes: a tick that was worked out before one is not stored. */
  @Column({ name: 'version', type: 'integer', default: 1 })
  version!: number;

  /** Null while it is paused, and after its last tick. */
  @Column({ name: 'next_tick', type: 'timestamptz', nullable: true })
  nextTick!: Date | null;

  /** The last tick whose job was stored. */
  @Column({ name: 'last_tick', type: 'timestamptz', nullable: true })
  lastTick!: Date | null;

  @Column({ name: 'last_job', type: 'uuid', nullable: true })
  lastJob!: string | null;

  /** How many ticks were stored. */
  @Column({ name: 'ticks', type: 'integer', default: 0 })
  ticks!: number;

  /** How many ticks stored nothing, since a job of the schedule waited or ran (`noOverlap`). */
  @Column({ name: 'skipped', type: 'integer', default: 0 })
  skipped!: number;

  /** How many ticks were missed while no node ran, and not made up. */
  @Column({ name: 'missed', type: 'integer', default: 0 })
  missed!: number;

  @Column({ name: 'date_skipped', type: 'timestamptz', nullable: true })
  dateSkipped!: Date | null;

  @Column({ name: 'date_paused', type: 'timestamptz', nullable: true })
  datePaused!: Date | null;

  @Column({ name: 'paused_by', type: 'text', nullable: true })
  pausedBy!: string | null;

  @Column({ name: 'date_created', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateCreated!: Date;

  /** Since when no living node has it in its code. */
  @Column({ name: 'date_gone', type: 'timestamptz', nullable: true })
  dateGone!: Date | null;
}
