import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `child` runs after `parent`: it may run once all its rows are `satisfied`. */
@Entity({ name: 'queue_job_dependency', synchronize: false })
@Index('queue_job_dependency_open', ['child', 'lost', 'parent'], { where: 'NOT satisfied' })
@Index('queue_job_dependency_child', ['child'])
export class QueueJobDependency {
  @PrimaryColumn({ name: 'parent', type: 'uuid', primaryKeyConstraintName: 'queue_job_dependency_pkey' })
  parent!: string;

  @PrimaryColumn({ name: 'child', type: 'uuid', primaryKeyConstraintName: 'queue_job_dependency_pkey' })
  child!: string;

  /** The parent is done; so it stays when that one is removed. */
  @Column({ name: 'satisfied', type: 'boolean', default: false })
  satisfied!: boolean;

  /** The parent was cancelled. */
  @Column({ name: 'lost', type: 'boolean', default: false })
  lost!: boolean;
}
