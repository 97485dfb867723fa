import type { Tables } from '../../connection/tables.js';
import { LASTING_COLUMNS } from './job-columns.js';
import { Phase } from './phase.js';

/** What a live and a finished job have in common; equal to the entity `JobRecord`. */
const LASTING_DDL: Readonly<Record<(typeof LASTING_COLUMNS)[number], string>> = {
  uuid: 'uuid NOT NULL',
  seq: 'bigint NOT NULL',
  state: "text NOT NULL DEFAULT 'pending'",
  name: 'text NOT NULL',
  channel: `text COLLATE "C" NOT NULL DEFAULT 'root'`,
  priority: 'integer NOT NULL DEFAULT 10',
  retry: 'integer NOT NULL DEFAULT 0',
  max_retries: 'integer NOT NULL DEFAULT 5',
  node: 'integer',
  args: "json NOT NULL DEFAULT '[]'",
  result: 'json',
  description: 'text NOT NULL',
  identity_key: 'text',
  identity_until_done: 'boolean NOT NULL DEFAULT false',
  tags: 'jsonb',
  eta: 'timestamptz',
  start_before: 'timestamptz',
  on_parent_failed: 'text',
  user_id: 'text',
  context: 'json',
  trace: 'text',
  graph_uuid: 'uuid',
  batch_uuid: 'uuid',
  schedule: 'text COLLATE "C"',
  scheduled_at: 'timestamptz',
  tick: 'json',
  has_children: 'boolean NOT NULL DEFAULT false',
  date_created: 'timestamptz NOT NULL DEFAULT clock_timestamp()',
  date_enqueued: 'timestamptz',
  date_started: 'timestamptz',
  date_done: 'timestamptz',
  exec_time: 'double precision',
  exc_name: 'text',
  exc_message: 'text',
  exc_info: 'text',
  exc_fingerprint: 'text',
  progress: 'double precision',
  progress_total: 'double precision',
  failure_of: 'uuid',
};

const lasting = (changed: Partial<typeof LASTING_DDL> = {}): string =>
  LASTING_COLUMNS.map((column) => `"${column}" ${changed[column] ?? LASTING_DDL[column]}`).join(', ');

/**
 * The tables and indexes. Every statement may find its work done already: an application with `synchronize: true` has
 * TypeORM make the tables from the entities first.
 */
export function createTables(t: Tables): readonly string[] {
  const table = (name: string, columns: string, key: string): string =>
    `CREATE TABLE IF NOT EXISTS ${t.name(name)} (${columns}, CONSTRAINT ${t.local(`${name}_pkey`)} PRIMARY KEY (${key}))`;
  const index = (name: string, on: string, definition: string, kind = ''): string =>
    `CREATE ${kind} INDEX IF NOT EXISTS ${t.local(name)} ON ${on} ${definition}`;
  const id = 'id bigint GENERATED ALWAYS AS IDENTITY';
  return [
    table(
      'queue_job',
      `${lasting({ seq: 'bigserial NOT NULL' })}, phase smallint NOT NULL DEFAULT ${Phase.ready}, identity_lock text, cancel_by text, deaths integer NOT NULL DEFAULT 0`,
      'uuid',
    ),
    // More than half of each page stays free, since the version that a claim makes is a little larger than the one
    // before; and what is dead is cleared early.
    `ALTER TABLE ${t.job} SET (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000)`,
    index('queue_job_ready', t.job, `(channel, priority, seq) WHERE phase = ${Phase.ready}`),
    index('queue_job_aside', t.job, `(phase, channel, priority, seq) WHERE phase <> ${Phase.ready}`),
    index('queue_job_due', t.job, `(eta) WHERE phase = ${Phase.eta}`),
    index('queue_job_identity', t.job, '(identity_lock) WHERE identity_lock IS NOT NULL', 'UNIQUE'),
    index('queue_job_cancel', t.job, '(cancel_by) WHERE cancel_by IS NOT NULL'),
    index('queue_job_failure', t.job, `(name, exc_fingerprint, date_started) WHERE phase = ${Phase.failed}`),
    index('queue_job_graph', t.job, '(graph_uuid) WHERE graph_uuid IS NOT NULL'),
    index('queue_job_failed', t.job, `(uuid) WHERE phase = ${Phase.failed}`),
    index('queue_job_member', t.job, '(batch_uuid, uuid) WHERE batch_uuid IS NOT NULL'),
    index(
      'queue_job_member_live',
      t.job,
      `(batch_uuid, seq) WHERE batch_uuid IS NOT NULL AND phase <> ${Phase.failed}`,
    ),
    index(
      'queue_job_expiry',
      t.job,
      `(start_before) WHERE start_before IS NOT NULL AND phase <= ${Phase.ready}`,
    ),
    index('queue_job_tick', t.job, '(schedule, scheduled_at) WHERE schedule IS NOT NULL', 'UNIQUE'),
    table('queue_job_history', lasting(), 'uuid'),
    index('queue_job_history_done', t.history, '(date_done)'),
    index('queue_job_history_cancelled', t.history, `(uuid) WHERE state = 'cancelled'`),
    index('queue_job_history_graph', t.history, '(graph_uuid) WHERE graph_uuid IS NOT NULL'),
    index('queue_job_history_tick', t.history, '(schedule, scheduled_at) WHERE schedule IS NOT NULL'),
    index('queue_job_history_member', t.history, '(batch_uuid, state, uuid) WHERE batch_uuid IS NOT NULL'),
    table(
      'queue_job_attempt',
      `${id}, job_uuid uuid NOT NULL, name text NOT NULL DEFAULT '', retry integer NOT NULL, node integer, date_started timestamptz, date_ended timestamptz NOT NULL DEFAULT clock_timestamp(), exc_name text, exc_message text, exc_info text, exc_fingerprint text`,
      'id',
    ),
    index('queue_job_attempt_job', t.attempt, '(job_uuid)'),
    index('queue_job_attempt_failure', t.attempt, '(name, exc_fingerprint, date_ended)'),
    table(
      'queue_job_log',
      `${id}, job_uuid uuid NOT NULL, retry integer NOT NULL, date timestamptz NOT NULL DEFAULT clock_timestamp(), message text NOT NULL, data json`,
      'id',
    ),
    index('queue_job_log_job', t.log, '(job_uuid, id)'),
    table(
      'queue_job_dependency',
      'parent uuid NOT NULL, child uuid NOT NULL, satisfied boolean NOT NULL DEFAULT false, lost boolean NOT NULL DEFAULT false',
      'parent, child',
    ),
    index('queue_job_dependency_open', t.dependency, '(child, lost, parent) WHERE NOT satisfied'),
    index('queue_job_dependency_child', t.dependency, '(child)'),
    table(
      'queue_job_channel',
      `name text COLLATE "C" NOT NULL, capacity integer, sequential boolean NOT NULL DEFAULT false, throttle double precision, fair boolean NOT NULL DEFAULT false, paused boolean NOT NULL DEFAULT false, removal_interval double precision, limiting_channels text[] NOT NULL DEFAULT '{}', next_start timestamptz, served bigint NOT NULL DEFAULT 0, configured jsonb, changed jsonb, date_created timestamptz NOT NULL DEFAULT clock_timestamp(), rate_limit integer, rate_per double precision, held_until timestamptz, held_by uuid, date_empty timestamptz`,
      'name',
    ),
    index('queue_job_channel_fair', t.channel, '(name) WHERE fair'),
    table(
      'queue_job_permit',
      'channel text COLLATE "C" NOT NULL, node integer NOT NULL, count integer NOT NULL',
      'channel, node',
    ),
    table(
      'queue_job_start',
      `channel text COLLATE "C" NOT NULL, node integer NOT NULL, open integer NOT NULL DEFAULT 0, times timestamptz[] NOT NULL DEFAULT '{}', counts integer[] NOT NULL DEFAULT '{}'`,
      'channel, node',
    ),
    table(
      'queue_job_function',
      'name text NOT NULL, channel text, retry_pattern jsonb, date_paused timestamptz, paused_by text, defaults jsonb',
      'name',
    ),
    table(
      'queue_job_schedule',
      `name text COLLATE "C" NOT NULL, source text NOT NULL, job_name text NOT NULL, definition json NOT NULL, override json, version integer NOT NULL DEFAULT 1, next_tick timestamptz, last_tick timestamptz, last_job uuid, ticks integer NOT NULL DEFAULT 0, skipped integer NOT NULL DEFAULT 0, missed integer NOT NULL DEFAULT 0, date_skipped timestamptz, date_paused timestamptz, paused_by text, date_created timestamptz NOT NULL DEFAULT clock_timestamp(), date_gone timestamptz`,
      'name',
    ),
    index('queue_job_schedule_due', t.schedule, '(next_tick) WHERE next_tick IS NOT NULL'),
    table(
      'queue_job_node',
      'id integer GENERATED ALWAYS AS IDENTITY, name text NOT NULL, alive boolean NOT NULL DEFAULT true, listens boolean NOT NULL DEFAULT true, backend integer, concurrency integer NOT NULL DEFAULT 10, names text[], version text, command text, schedules text[], memory bigint, cpu double precision, stats_batches bigint NOT NULL DEFAULT 0, config_version bigint NOT NULL DEFAULT 0, void_round_trips bigint NOT NULL DEFAULT 0, date_started timestamptz NOT NULL DEFAULT clock_timestamp(), date_seen timestamptz NOT NULL DEFAULT clock_timestamp(), lease_until timestamptz, suspect_since timestamptz, date_ended timestamptz, on_failed json, channels text[], date_watched timestamptz, release text',
      'id',
    ),
    index('queue_job_node_alive', t.node, '(id) WHERE alive'),
    table(
      'queue_job_rollup',
      `width integer NOT NULL, bucket timestamptz NOT NULL, channel text COLLATE "C" NOT NULL, name text NOT NULL, done integer NOT NULL DEFAULT 0, failed integer NOT NULL DEFAULT 0, retried integer NOT NULL DEFAULT 0, cancelled integer NOT NULL DEFAULT 0, wait integer[] NOT NULL DEFAULT '{}', run integer[] NOT NULL DEFAULT '{}', depth integer`,
      'width, bucket, channel, name',
    ),
    table('queue_job_claim', 'node integer NOT NULL, id bigint NOT NULL, jobs uuid[] NOT NULL', 'node, id'),
    // Rows that live for a moment aren't worth compressing.
    `ALTER TABLE ${t.claim} ALTER COLUMN jobs SET STORAGE EXTERNAL`,
    table(
      'queue_job_batch',
      'uuid uuid NOT NULL, name text NOT NULL, user_id text, date_created timestamptz NOT NULL DEFAULT clock_timestamp(), date_closed timestamptz, date_ended timestamptz, date_succeeded timestamptz, date_failed timestamptz, removed_done integer NOT NULL DEFAULT 0, removed_cancelled integer NOT NULL DEFAULT 0, progress_step integer, total integer NOT NULL DEFAULT 0, settled integer NOT NULL DEFAULT 0, reported integer NOT NULL DEFAULT 0',
      'uuid',
    ),
    index('queue_job_batch_ended', t.batch, '(date_ended) WHERE date_ended IS NOT NULL'),
    table(
      'queue_job_batch_callback',
      'batch_uuid uuid NOT NULL, event text NOT NULL, job json NOT NULL, job_uuid uuid, fired integer NOT NULL DEFAULT 0',
      'batch_uuid, event',
    ),
    table(
      'queue_job_follow_up',
      `${id}, kind text NOT NULL, job_uuid uuid, batch_uuid uuid, actor text`,
      'id',
    ),
    table('queue_job_key', 'key text NOT NULL, job_uuid uuid NOT NULL, until timestamptz NOT NULL', 'key'),
    index('queue_job_key_until', t.key, '(until)'),
    table(
      'queue_job_meta',
      'id integer NOT NULL DEFAULT 1, schema_version integer NOT NULL DEFAULT 0, compatible_version integer NOT NULL DEFAULT 0, config_version bigint NOT NULL DEFAULT 1, fleet_version bigint NOT NULL DEFAULT 1',
      'id',
    ),
    table(
      'queue_job_audit',
      `${id}, date timestamptz NOT NULL DEFAULT clock_timestamp(), actor text NOT NULL, action text NOT NULL, target text NOT NULL, details jsonb NOT NULL DEFAULT '{}'`,
      'id',
    ),
    table(
      'queue_job_mute',
      'name text NOT NULL, fingerprint text NOT NULL, muted_by text NOT NULL, date_muted timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz',
      'name, fingerprint',
    ),
    // Small tables that each round trip changes; without this they'd grow under load.
    ...[t.permit, t.start, t.claim, t.channel, t.node, t.meta, t.rollup, t.followUp].map(
      (name) =>
        `ALTER TABLE ${name} SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0)`,
    ),
    `INSERT INTO ${t.meta} (id) VALUES (1) ON CONFLICT DO NOTHING`,
    `INSERT INTO ${t.channel} (name) VALUES ('root') ON CONFLICT DO NOTHING`,
  ];
}
