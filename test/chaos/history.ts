import type { BatchProgress } from 'nestjs-queue-job';
import type { FaultRecord } from './faults/fault.js';
import type { Recorder } from './process/recorder.js';
import type { CapacityChange } from './actions.js';

/** An attempt as the job itself wrote it down. Times everywhere are milliseconds, by the system's and the database's clock. */
export interface Run {
  readonly process: number;
  readonly uuid: string;
  readonly channel: string;
  readonly retry: number;
  readonly node: number;
  readonly claimed: number;
  /** The providers of its process had been closed before. */
  readonly closed: boolean;
  readonly started: number;
  /** Infinity where it was never written. */
  readonly ended: number;
}

export interface Call {
  readonly kind: string;
  readonly uuid: string;
  readonly called: number;
  readonly answered: number;
  readonly facts: { readonly key?: string; readonly deduplicated?: boolean; readonly batch?: string };
}

/** An attempt as the library reports it. */
export interface Attempt {
  readonly uuid: string;
  readonly retry: number;
  readonly node: number;
  readonly ended: number;
  readonly error: string | null;
}

export interface JobEnd {
  readonly uuid: string;
  readonly seq: number;
  readonly name: string;
  readonly channel: string;
  readonly state: string;
  /** Null where it was set done, or cancelled while it waited. */
  readonly node: number | null;
  readonly retry: number;
  readonly done: number;
  readonly args: readonly unknown[];
  /** That it is a member of. */
  readonly batch: string | null;
}

/** What happened to a batch, as the database noted it in the same transaction. */
export interface BatchLine {
  readonly batch: string;
  readonly transaction: string;
  /** `live`, `failed`, `done` or `cancelled`: a member became that; `closed`; `told done`…: a callback was stored. */
  readonly what: string;
  /** The member or the callback. */
  readonly job: string | null;
  /** Of the attempt that ended the member; null if no attempt did. */
  readonly retry: number | null;
}

/** A job with `onFailed` has failed for good, or the report of it was stored. */
export interface FailureLine {
  readonly transaction: string;
  readonly what: 'failed' | 'reported';
  /** The one that failed. */
  readonly job: string;
}

export interface BatchSettings {
  readonly uuid: string;
  /** The events that have a callback. */
  readonly events: readonly string[];
  readonly progressStep: number | null;
}

export interface NodeRow {
  readonly id: number;
  readonly pid: number;
  readonly ended: number | null;
}

/** A process that took part. */
export interface Participant {
  readonly index: number;
  readonly pid: number;
  readonly endedAt: number;
}

/** All that is known of a campaign when it is over. */
export interface History {
  readonly runs: readonly Run[];
  readonly calls: readonly Call[];
  readonly attempts: readonly Attempt[];
  readonly jobs: ReadonlyMap<string, JobEnd>;
  readonly dependencies: readonly { readonly parent: string; readonly child: string }[];
  readonly nodes: ReadonlyMap<number, NodeRow>;
  /** In the order of the commits. */
  readonly batchLines: readonly BatchLine[];
  readonly failureLines: readonly FailureLine[];
  readonly batchSettings: readonly BatchSettings[];
  /** As the library tells them at the end. */
  readonly batches: readonly BatchProgress[];
  readonly effects: readonly string[];
  readonly balance: number;
  readonly faults: readonly FaultRecord[];
  readonly participants: readonly Participant[];
  /** The first entry of a channel is how it began. */
  readonly capacities: readonly CapacityChange[];
}

export type Told = Pick<History, 'faults' | 'participants' | 'capacities' | 'batches'>;

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

export async function readHistory(direct: Recorder, told: Told): Promise<History> {
  const runs = await direct.ask<Run>(
    `SELECT process, uuid, channel, retry, node, ${ms('claimed')} AS claimed, ${ms('started')} AS started, closed,
       coalesce(${ms('ended')}, 'Infinity') AS ended FROM chaos_run ORDER BY started`,
  );
  const calls = await direct.ask<Call>(
    `SELECT kind, uuid, ${ms('called')} AS called, ${ms('answered')} AS answered, facts FROM chaos_call`,
  );
  const attempts = await direct.ask<Attempt>(
    `SELECT job_uuid AS uuid, retry, node, ${ms('date_ended')} AS ended, exc_name AS error
     FROM queue_job_attempt ORDER BY id`,
  );
  const jobs = await direct.ask<JobEnd>(
    `SELECT uuid, seq::float8 AS seq, name, channel, state, node, retry, ${ms('date_done')} AS done, args, batch_uuid AS batch
     FROM queue_job_history`,
  );
  const nodes = await direct.ask<NodeRow>(
    `SELECT id, split_part(name, ':', 2)::integer AS pid, ${ms('date_ended')} AS ended FROM queue_job_node`,
  );
  const effects = await direct.ask<{ uuid: string }>('SELECT uuid FROM chaos_effect');
  const [sum] = await direct.ask<{ balance: number }>(
    'SELECT sum(balance)::integer AS balance FROM chaos_account',
  );
  return {
    ...told,
    runs,
    calls,
    attempts,
    jobs: new Map(jobs.map((job) => [job.uuid, job])),
    batchLines: await direct.ask(
      `SELECT batch, transaction::text, what, job, retry FROM chaos_batch_line
       ORDER BY pg_xact_commit_timestamp(transaction::xid), id`,
    ),
    failureLines: await direct.ask('SELECT transaction::text, what, job FROM chaos_failure_line ORDER BY id'),
    batchSettings: await direct.ask(
      `SELECT b.uuid, b.progress_step AS "progressStep",
         ARRAY(SELECT c.event FROM queue_job_batch_callback c WHERE c.batch_uuid = b.uuid) AS events
       FROM queue_job_batch b`,
    ),
    dependencies: await direct.ask('SELECT parent, child FROM queue_job_dependency'),
    nodes: new Map(nodes.map((node) => [node.id, node])),
    effects: effects.map(({ uuid }) => uuid),
    balance: sum?.balance ?? 0,
  };
}
