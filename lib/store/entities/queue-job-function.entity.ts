import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CallDefaults } from '../../job/call-defaults.js';
import type { SecondsPattern } from '../../job/retry-pattern.js';

/** What was changed at run time of a `Provider.method`; null leaves what the decorator says. And what that says, for SQL. */
@Entity({ name: 'queue_job_function', synchronize: false })
export class QueueJobFunction {
  @PrimaryColumn({ name: 'name', type: 'text', primaryKeyConstraintName: 'queue_job_function_pkey' })
  name!: string;

  @Column({ name: 'channel', type: 'text', nullable: true })
  channel!: string | null;

  @Column({ name: 'retry_pattern', type: 'jsonb', nullable: true })
  retryPattern!: SecondsPattern | null;

  /** Since when none of its jobs starts; null where it isn't paused. */
  @Column({ name: 'date_paused', type: 'timestamptz', nullable: true })
  datePaused!: Date | null;

  @Column({ name: 'paused_by', type: 'text', nullable: true })
  pausedBy!: string | null;

  /** What a call has that gives nothing, as the node says that started last; null for a job function of no node. */
  @Column({ name: 'defaults', type: 'jsonb', nullable: true })
  defaults!: CallDefaults | null;
}
