import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { FailureHandler } from '../../job/failed-job.js';
import type { NodeCommand } from '../nodes/node-store.js';
import { int8AsNumber } from './int8-as-number.js';

/** A process that runs jobs, from its start to its end; it holds a session advisory lock on its id while it lives. */
@Entity({ name: 'queue_job_node', synchronize: false })
@Index('queue_job_node_alive', ['id'], { where: 'alive' })
export class QueueJobNode {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'integer',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'queue_job_node_pkey',
  })
  id!: number;

  /** `host:pid`. */
  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'alive', type: 'boolean', default: true })
  alive!: boolean;

  /** False where a lease takes the place of the session lock (`listen: false`). */
  @Column({ name: 'listens', type: 'boolean', default: true })
  listens!: boolean;

  /** The server process that holds the session lock. */
  @Column({ name: 'backend', type: 'integer', nullable: true })
  backend!: number | null;

  @Column({ name: 'concurrency', type: 'integer', default: 10 })
  concurrency!: number;

  /** The jobs that it knows: `Provider.method`, each. */
  @Column({ name: 'names', type: 'text', array: true, nullable: true })
  names!: string[] | null;

  /** Of this library. */
  @Column({ name: 'version', type: 'text', nullable: true })
  version!: string | null;

  /** What somebody asked of it; null: to work. */
  @Column({ name: 'command', type: 'text', nullable: true })
  command!: NodeCommand | null;

  /** The schedules of its code; null for a node that serves none. */
  @Column({ name: 'schedules', type: 'text', array: true, nullable: true })
  schedules!: string[] | null;

  /** Bytes that were resident at the last sign of life. */
  @Column({ name: 'memory', type: 'bigint', nullable: true, transformer: int8AsNumber })
  memory!: number | null;

  /** Cores in use over the last second. */
  @Column({ name: 'cpu', type: 'double precision', nullable: true })
  cpu!: number | null;

  /** The last batch of counts that it brought; see the rollups. */
  @Column({ name: 'stats_batches', type: 'bigint', default: 0 })
  statsBatches!: string;

  /** The version of the channel configuration that this node has taken up. */
  @Column({ name: 'config_version', type: 'bigint', default: 0 })
  configVersion!: string;

  /** Round trips up to this one are void: the node no longer waits for their answers. */
  @Column({ name: 'void_round_trips', type: 'bigint', default: 0 })
  voidRoundTrips!: string;

  @Column({ name: 'date_started', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateStarted!: Date;

  /** The last sign of life. */
  @Column({ name: 'date_seen', type: 'timestamptz', default: () => 'clock_timestamp()' })
  dateSeen!: Date;

  /** Until when the lease of a node without a session lock runs. */
  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** Since when the node's lock has been found free. */
  @Column({ name: 'suspect_since', type: 'timestamptz', nullable: true })
  suspectSince!: Date | null;

  @Column({ name: 'date_ended', type: 'timestamptz', nullable: true })
  dateEnded!: Date | null;

  /** The `onFailed` job functions by the names of those they belong to; null if there are none. */
  @Column({ name: 'on_failed', type: 'json', nullable: true })
  onFailed!: Readonly<Record<string, FailureHandler>> | null;

  /** The channels that it serves, with those below; null is all. */
  @Column({ name: 'channels', type: 'text', array: true, nullable: true })
  channels!: string[] | null;

  /** When some node last looked whether the others live; on the row of the oldest living one. */
  @Column({ name: 'date_watched', type: 'timestamptz', nullable: true })
  dateWatched!: Date | null;

  /** Of the application: the module option `version`. */
  @Column({ name: 'release', type: 'text', nullable: true })
  release!: string | null;
}
