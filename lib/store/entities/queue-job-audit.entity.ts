import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What somebody did, in the dashboard or by a call with `by`. */
@Entity({ name: 'queue_job_audit', synchronize: false })
export class QueueJobAudit {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'queue_job_audit_pkey',
  })
  id!: string;

  @Column({ name: 'date', type: 'timestamptz', default: () => 'clock_timestamp()' })
  date!: Date;

  /** As the dashboard's option `actor`, or `by` of the call, says. */
  @Column({ name: 'actor', type: 'text' })
  actor!: string;

  /** Such as `jobs.requeue` or `channels.change`. */
  @Column({ name: 'action', type: 'text' })
  action!: string;

  /** A uuid, a channel, a function, a node, or a filter as a query string. */
  @Column({ name: 'target', type: 'text' })
  target!: string;

  /** What was asked and how it ended. */
  @Column({ name: 'details', type: 'jsonb', default: () => "'{}'" })
  details!: Record<string, unknown>;
}
