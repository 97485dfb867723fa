import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The starts of a node under a channel with a `rate`; those of nodes that are gone stand under node 0. */
@Entity({ name: 'queue_job_start', synchronize: false })
export class QueueJobStart {
  @PrimaryColumn({
    name: 'channel',
    type: 'text',
    collation: 'C',
    primaryKeyConstraintName: 'queue_job_start_pkey',
  })
  channel!: string;

  @PrimaryColumn({ name: 'node', type: 'integer', primaryKeyConstraintName: 'queue_job_start_pkey' })
  node!: number;

  /** Jobs that the node has claimed, and of which it is not known yet when their methods were called. */
  @Column({ name: 'open', type: 'integer', default: 0 })
  open!: number;

  /** When jobs have started, in order: the last of each short stretch. */
  @Column({ name: 'times', type: 'timestamptz', array: true, default: () => "'{}'" })
  times!: Date[];

  /** How many in the stretch that ends at the same place of `times`. */
  @Column({ name: 'counts', type: 'integer', array: true, default: () => "'{}'" })
  counts!: number[];
}
