import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `child` runs after `parent`. `satisfied` once the parent is done: a child with no other row may run. */
@Entity({ name: 'queue_job_dependency' })
@Index('queue_job_dependency_open', ['child'], { where: 'NOT satisfied' })
@Index('queue_job_dependency_child', ['child'])
export class QueueJobDependency {
  @PrimaryColumn({ name: 'parent', type: 'uuid', primaryKeyConstraintName: 'queue_job_dependency_pkey' })
  parent!: string;

  @PrimaryColumn({ name: 'child', type: 'uuid', primaryKeyConstraintName: 'queue_job_dependency_pkey' })
  child!: string;

  @Column({ name: 'satisfied', type: 'boolean', default: false })
  satisfied!: boolean;
}
