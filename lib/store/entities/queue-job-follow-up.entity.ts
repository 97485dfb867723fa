import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What a transaction at REPEATABLE READ or SERIALIZABLE has left to be done after its commit; a row lives for a moment. */
@Entity({ name: 'queue_job_follow_up', synchronize: false })
export class QueueJobFollowUp {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'queue_job_follow_up_pkey',
  })
  id!: string;

  /** `done`, `closed` or `cancel`. */
  @Column({ name: 'kind', type: 'text' })
  kind!: string;

  @Column({ name: 'job_uuid', type: 'uuid', nullable: true })
  jobUuid!: string | null;

  @Column({ name: 'batch_uuid', type: 'uuid', nullable: true })
  batchUuid!: string | null;

  /** Who cancels. */
  @Column({ name: 'actor', type: 'text', nullable: true })
  actor!: string | null;
}
