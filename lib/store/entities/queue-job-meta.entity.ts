import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: which version the tables have, and the version of the channel configuration. */
@Entity({ name: 'queue_job_meta', synchronize: false })
export class QueueJobMeta {
  @PrimaryColumn({ name: 'id', type: 'integer', default: 1, primaryKeyConstraintName: 'queue_job_meta_pkey' })
  id!: number;

  @Column({ name: 'schema_version', type: 'integer', default: 0 })
  schemaVersion!: number;

  /** The oldest version of the library's schema that can still work with these tables. */
  @Column({ name: 'compatible_version', type: 'integer', default: 0 })
  compatibleVersion!: number;

  /** Grows with each change of the channels, so that a node never claims by a tree that has changed. */
  @Column({ name: 'config_version', type: 'bigint', default: 1 })
  configVersion!: string;

  /** Grows when a node comes, goes or drains, so that a node reads who lives only then. */
  @Column({ name: 'fleet_version', type: 'bigint', default: 1 })
  fleetVersion!: string;
}
