import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Which jobs a node took in one claim, until all of them have ended. No index of `queue_job` may hold the node (a claim
 * would no longer be a heap-only update), so this is how the jobs of a dead node are found.
 */
@Entity({ name: 'queue_job_claim', synchronize: false })
export class QueueJobClaim {
  @PrimaryColumn({ name: 'node', type: 'integer', primaryKeyConstraintName: 'queue_job_claim_pkey' })
  node!: number;

  @PrimaryColumn({ name: 'id', type: 'bigint', primaryKeyConstraintName: 'queue_job_claim_pkey' })
  id!: string;

  @Column({ name: 'jobs', type: 'uuid', array: true })
  jobs!: string[];
}
