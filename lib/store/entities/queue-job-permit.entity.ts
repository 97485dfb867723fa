import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many jobs a node may have running under a channel. The sum over nodes never exceeds the capacity. */
@Entity({ name: 'queue_job_permit', synchronize: false })
export class QueueJobPermit {
  @PrimaryColumn({
    name: 'channel',
    type: 'text',
    collation: 'C',
    primaryKeyConstraintName: 'queue_job_permit_pkey',
  })
  channel!: string;

  @PrimaryColumn({ name: 'node', type: 'integer', primaryKeyConstraintName: 'queue_job_permit_pkey' })
  node!: number;

  @Column({ name: 'count', type: 'integer' })
  count!: number;
}
