import type { FailureHandler } from '../../job/failed-job.js';
import { Phase } from '../jobs/phase.js';
import type { RescuedAttempt } from './rescued-attempt.js';
import type { Send } from '../connection/connection.js';
import { OWN_TYPES } from '../connection/pg-types.js';
import { type QueueDatabase, type Row, namedStatement, type Statement } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { listenText } from '../notify/notification-text.js';
import type { HeartbeatReply, NodeReport } from './heartbeat.types.js';

/** What can be asked of a node: to claim no more, or to end. */
export type NodeCommand = 'drain' | 'stop';

/** A node as it is. */
export interface NodeState {
  readonly id: number;
  /** `host:pid`. */
  readonly name: string;
  /** `draining` and `stopping`: as it was asked; `suspect`: without a sign of life, and soon given up. */
  readonly state: 'alive' | 'draining' | 'stopping' | 'suspect' | 'dead';
  /** Whether it holds a session with PostgreSQL, or else a lease (`listen: false`). */
  readonly listens: boolean;
  /** Of this library. */
  readonly version: string | null;
  /** Of the application: the module option `version`. */
  readonly release: string | null;
  /** The channels that it serves, with those below them; null is all. */
  readonly channels: readonly string[] | null;
  readonly dateStarted: Date;
  /** The last sign of life. */
  readonly dateSeen: Date;
  readonly dateEnded: Date | null;
  readonly concurrency: number;
  /** The jobs that it knows: `Provider.method`, each. */
  readonly names: readonly string[];
  /** Uuids of the jobs that it has. */
  readonly jobs: readonly string[];
  /** Bytes that were resident at the last sign of life. */
  readonly memory: number | null;
  /** Cores in use over the second before that. */
  readonly cpu: number | null;
}

/** What a node is called. */
export type NodeLabel = Pick<NodeState, 'id' | 'name' | 'release'>;

/** Sends a statement somewhere and returns the first row. */
export type SessionQuery = (statement: Statement, values: readonly unknown[]) => Promise<Row | undefined>;

/** For how long a new session waits for the lock of one that it replaces, and between two attempts, in milliseconds. */
const SESSION_LOCK_MS = 5_000;
const SESSION_LOCK_AGAIN_MS = 100;

/** The nodes of the cluster, and what becomes of the jobs of one that dies. @internal */
export class NodeStore {
  private readonly heartbeatStatement: Statement;
  /** Renews the lease of a node, by milliseconds; a thread of its own sends it. */
  readonly leaseStatement: string;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.leaseStatement = `UPDATE ${tables.node} SET lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
      WHERE id = $1 AND alive`;
    this.heartbeatStatement = namedStatement(
      'queue_job_heartbeat',
      `SELECT ${tables.name('queue_job_heartbeat_1')}($1, $2, $3, $4, $5, $6, $7, $8) AS tick`,
    );
  }

  async register(node: {
    name: string;
    listens: boolean;
    concurrency: number;
    lease: number;
    names?: readonly string[];
    version?: string;
    /** Of the application. */
    release?: string | null;
    /** The channels that it serves; null is all. */
    channels?: readonly string[] | null;
    /** The node that it was before, whose orders go on. */
    before?: number;
    onFailed?: ReadonlyMap<string, FailureHandler>;
  }): Promise<{ id: number; now: number; command: NodeCommand | null }> {
    const rows = await this.database.query(
      `WITH fleet AS (UPDATE ${this.tables.meta} SET fleet_version = fleet_version + 1)
       INSERT INTO ${this.tables.node} (name, listens, concurrency, lease_until, names, version, command, on_failed, channels, release)
       VALUES ($1, $2, $3, CASE WHEN NOT $2 THEN clock_timestamp() + $4::float8 * interval '1 second' END, $5, $6,
         (SELECT b.command FROM ${this.tables.node} b WHERE b.id = $7), $8, $9, $10)
       RETURNING id, extract(epoch FROM date_started)::float8 * 1000 AS now, command`,
      [
        node.name,
        node.listens,
        node.concurrency,
        node.lease,
        node.names ?? null,
        node.version ?? null,
        node.before ?? null,
        node.onFailed === undefined || node.onFailed.size === 0
          ? null
          : JSON.stringify(Object.fromEntries(node.onFailed)),
        node.channels ?? null,
        node.release ?? null,
      ],
    );
    return {
      id: Number(rows[0]?.['id']),
      now: Number(rows[0]?.['now']),
      command: (rows[0]?.['command'] ?? null) as NodeCommand | null,
    };
  }

  /**
   * Makes a connection the session of a node: it holds the node's lock, and the server finds out within 20 s when the
   * network is gone.
   *
   * @param held - an earlier session of this node still has the lock, so the node is alive for the others: the number of
   *   its backend
   * @internal
   */
  async openSession(send: Send, node: number, held: (backend: number) => void): Promise<void> {
    const query = async <R extends object>(
      text: string,
      values: readonly unknown[] = [],
    ): Promise<R | undefined> => (await send<R>({ text, values: [...values], types: OWN_TYPES })).rows[0];
    await query(`SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20000', false),
      set_config('lock_timeout', '5000', false), set_config('idle_session_timeout', '0', false)`);
    const { lockClass } = this.tables;
    const until = performance.now() + SESSION_LOCK_MS;
    for (;;) {
      const row = await query<{ locked: boolean; holder: number | null }>(
        `SELECT pg_try_advisory_lock($1, $2) AS locked, (
           SELECT max(k.pid) FROM pg_locks k WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted
             AND k.classid = ($1::bigint & 4294967295)::oid AND k.objid = $2::oid AND k.pid <> pg_backend_pid()
             AND k.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
         ) AS holder`,
        [lockClass, node],
      );
      if (row?.locked === true) break;
      if (typeof row?.holder === 'number') {
        held(row.holder);
        // Nobody but this node takes its lock: a session of before, whose connection the network has dropped.
        await query('SELECT pg_terminate_backend($1)', [row.holder]).catch(() => undefined);
      }
      if (performance.now() > until) throw new Error('The session before is still there');
      await new Promise((resolve) => setTimeout(resolve, SESSION_LOCK_AGAIN_MS));
    }
    await query(
      `UPDATE ${this.tables.node} SET backend = pg_backend_pid(), suspect_since = NULL WHERE id = $1 AND alive`,
      [node],
    );
    await query(listenText(this.tables));
  }

  /** The query of a second, on the session of the node where it has one. Times in seconds. */
  async heartbeat(
    node: number,
    grace: number,
    lease: number,
    vitals: NodeReport = { memory: 0, cpu: 0, stopping: false, poll: true, fleet: 0 },
    ask: SessionQuery = (...values) => this.askHere(...values),
  ): Promise<HeartbeatReply> {
    const row = await ask(this.heartbeatStatement, [
      node,
      grace,
      lease,
      vitals.memory,
      vitals.cpu,
      vitals.stopping,
      vitals.poll,
      vitals.fleet,
    ]);
    return JSON.parse(row?.['tick'] as string) as HeartbeatReply;
  }

  private async askHere(statement: Statement, values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.database.run(statement, values))[0];
  }

  /** Gives back what a dead node had; returns its attempts, null where it lives or another was faster. */
  async rescue(node: number, grace: number): Promise<RescuedAttempt[] | null> {
    const rows = await this.database.query(
      `SELECT ${this.tables.name('queue_job_rescue_1')}($1, $2) AS jobs`,
      [node, grace],
    );
    const attempts = rows[0]?.['jobs'];
    return typeof attempts === 'string' ? (JSON.parse(attempts) as RescuedAttempt[]) : null;
  }

  /** Gives back jobs that are at a node and that nobody will ever end; returns them by node. */
  async rescueOrphans(): Promise<{ node: number; attempts: RescuedAttempt[] }[]> {
    const rows = await this.database.query(
      `SELECT ${this.tables.name('queue_job_rescue_orphans_1')}() AS rescued`,
    );
    return JSON.parse(rows[0]?.['rescued'] as string) as { node: number; attempts: RescuedAttempt[] }[];
  }

  /** The newest first. */
  async list(): Promise<NodeState[]> {
    const t = this.tables;
    const rows = await this.database.look(
      `SELECT n.id, n.name, n.listens, n.version, n.release, n.date_started, n.date_seen, n.date_ended, n.concurrency, n.memory, n.cpu,
         to_json(coalesce(n.names, '{}')) AS names, to_json(n.channels) AS channels,
         CASE WHEN NOT n.alive THEN 'dead' WHEN n.suspect_since IS NOT NULL THEN 'suspect'
           WHEN n.command = 'stop' THEN 'stopping' WHEN n.command = 'drain' THEN 'draining' ELSE 'alive' END AS state,
         coalesce((
           SELECT json_agg(j.uuid) FROM ${t.claim} c CROSS JOIN LATERAL unnest(c.jobs) u (uuid)
           JOIN ${t.job} j ON j.uuid = u.uuid AND j.node = n.id WHERE c.node = n.id
         ), '[]'::json) AS jobs
       FROM ${t.node} n ORDER BY n.id DESC`,
    );
    return rows.map((row) => ({
      id: row['id'] as number,
      name: row['name'] as string,
      state: row['state'] as NodeState['state'],
      listens: row['listens'] as boolean,
      version: row['version'] as string | null,
      release: row['release'] as string | null,
      channels: JSON.parse((row['channels'] as string | null) ?? 'null') as string[] | null,
      dateStarted: row['date_started'] as Date,
      dateSeen: row['date_seen'] as Date,
      dateEnded: row['date_ended'] as Date | null,
      concurrency: row['concurrency'] as number,
      names: JSON.parse(row['names'] as string) as string[],
      jobs: JSON.parse(row['jobs'] as string) as string[],
      memory: row['memory'] as number | null,
      cpu: row['cpu'] as number | null,
    }));
  }

  /** What the newest nodes are called, those that have ended included. */
  async labels(limit: number): Promise<NodeLabel[]> {
    const rows = await this.database.query(
      `SELECT n.id, n.name, n.release FROM ${this.tables.node} n ORDER BY n.id DESC LIMIT $1`,
      [limit],
    );
    return rows as unknown as NodeLabel[];
  }

  /** Whether some living node has a job of this name. */
  async knows(name: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT EXISTS (SELECT FROM ${this.tables.node} n WHERE n.alive AND $1 = ANY(n.names)) AS knows`,
      [name],
    );
    return rows[0]?.['knows'] === true;
  }

  /** Asks something of a node, null to work again; false where it has ended, or was asked to. */
  async command(node: number, order: NodeCommand | null): Promise<boolean> {
    const rows = await this.database.query(
      `WITH changed AS (
         UPDATE ${this.tables.node} SET command = $2 WHERE id = $1 AND alive AND (command IS DISTINCT FROM 'stop' OR $2 = 'stop') RETURNING id
       ), fleet AS (
         UPDATE ${this.tables.meta} SET fleet_version = fleet_version + 1 WHERE EXISTS (SELECT FROM changed)
       ) SELECT id FROM changed`,
      [node, order],
    );
    return rows.length > 0;
  }

  /** Forgets nodes that ended long ago; milliseconds, null is never. */
  async prune(interval: number | null): Promise<void> {
    await this.database.query(
      `DELETE FROM ${this.tables.node} WHERE NOT alive AND date_ended < clock_timestamp() - $1::float8 * interval '1 millisecond'`,
      [interval],
    );
  }

  /** Whether some job is ready, at a node, or left to be followed up, and the milliseconds until the next eta or tick. */
  async nextWork(): Promise<{ busy: boolean; nextIn: number }> {
    const t = this.tables;
    const [row] = await this.database.query<{ busy: boolean; next_in: number | null }>(
      `SELECT EXISTS (SELECT FROM ${t.job} j WHERE j.phase = ${Phase.ready} AND j.node IS NULL)
         OR EXISTS (SELECT FROM ${t.claim}) OR EXISTS (SELECT FROM ${t.followUp}) AS busy,
       1000 * extract(epoch FROM least(
         (SELECT j.eta FROM ${t.job} j WHERE j.phase = ${Phase.eta} AND j.eta < 'infinity' ORDER BY j.eta LIMIT 1),
         (SELECT s.next_tick FROM ${t.schedule} s WHERE s.next_tick < 'infinity' ORDER BY s.next_tick LIMIT 1)
       ) - clock_timestamp())::float8 AS next_in`,
    );
    return { busy: row?.busy === true, nextIn: Math.max(0, row?.next_in ?? Infinity) };
  }

  /** The node ends. False where it still holds jobs: then it is left to be found dead. */
  async leave(node: number): Promise<boolean> {
    const rows = await this.database.query(`SELECT ${this.tables.name('queue_job_leave_1')}($1) AS left`, [
      node,
    ]);
    return rows[0]?.['left'] === true;
  }
}
