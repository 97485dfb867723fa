import type { JobState } from '../../job/job-state.js';
import type { Query, QueueDatabase, Row } from '../connection/database.js';
import type { JobRow } from '../jobs/job-store.js';
import { Phase } from '../jobs/phase.js';
import { LASTING_COLUMNS } from '../../job/job-columns.js';
import type { Tables } from '../connection/tables.js';

/** `child` runs once `parent` is done; uuids of jobs. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
}

/** The result of a parent as it is stored, or the last error of one that has failed. */
export interface ParentResult {
  readonly uuid: string;
  readonly result: string | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly stack: string | null;
}

/** A parent or child of a job. */
export interface RelativeRow {
  readonly uuid: string;
  readonly name: string;
  readonly channel: string;
  readonly user_id: string | null;
  /** Its beginning. */
  readonly description: string;
  readonly state: JobState;
}

/** Some of the relatives of a job, and how many there are. */
export interface Relatives {
  readonly rows: RelativeRow[];
  readonly count: number;
}

/** A job as a graph shows it. */
export interface GraphJob {
  readonly uuid: string;
  readonly name: string;
  readonly channel: string;
  readonly userId: string | null;
  /** The begin of it. */
  readonly description: string;
  readonly state: JobState;
  readonly progress: number | null;
  readonly progressTotal: number | null;
  readonly batchUuid: string | null;
}

/** A graph as it is drawn. */
export interface GraphShape {
  readonly jobs: readonly GraphJob[];
  readonly links: readonly Dependency[];
  /** Of all its jobs. */
  readonly counts: ReadonlyMap<JobState, number>;
}

/** What depends on what that is read of one graph: two groups of a thousand, one after the other, have a million. */
const MOST_LINKS = 50_000;

/**
 * What depends on what.
 *
 * @internal
 */
export class GraphStore {
  private readonly columns = LASTING_COLUMNS.map((column) => `j.${column}`).join(', ');

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** In the transaction that stores the jobs. */
  async link(dependencies: readonly Dependency[], query: Query): Promise<void> {
    await query(
      `INSERT INTO ${this.tables.dependency} (parent, child) SELECT * FROM unnest($1::uuid[], $2::uuid[])`,
      [dependencies.map(({ parent }) => parent), dependencies.map(({ child }) => child)],
    );
  }

  /** Takes back jobs that this very transaction has stored. */
  async unstore(uuids: readonly string[], query: Query): Promise<void> {
    await query(`DELETE FROM ${this.tables.job} WHERE uuid = ANY($1)`, [uuids]);
  }

  /** How the parents of a job have ended, in the order in which these were created. */
  async parentResults(uuid: string): Promise<ParentResult[]> {
    const { dependency, history, job } = this.tables;
    const rows = await this.database.query(
      `SELECT h.uuid, h.seq, h.result, NULL AS error, NULL AS message, NULL AS stack
       FROM ${dependency} d JOIN ${history} h ON h.uuid = d.parent WHERE d.child = $1
       UNION ALL SELECT j.uuid, j.seq, NULL, j.exc_name, j.exc_message, j.exc_info
       FROM ${dependency} d JOIN ${job} j ON j.uuid = d.parent WHERE d.child = $1 AND j.phase = ${Phase.failed} AND d.satisfied
       ORDER BY seq`,
      [uuid],
    );
    return rows as unknown as ParentResult[];
  }

  /** The jobs that a job depends on and those that depend on it, in the order of their creation, and their numbers. */
  async relatives(uuid: string, limit: number): Promise<{ parents: Relatives; children: Relatives }> {
    const [parents, children] = await Promise.all([
      this.related('parent', 'child', uuid, limit),
      this.related('child', 'parent', uuid, limit),
    ]);
    return { parents, children };
  }

  private async related(one: string, other: string, uuid: string, limit: number): Promise<Relatives> {
    const { dependency, job, history } = this.tables;
    const columns = 'j.uuid, j.name, j.channel, j.user_id, left(j.description, 301) AS description, j.state';
    const from = (table: string): string =>
      `SELECT ${columns} FROM ${dependency} d JOIN ${table} j ON j.uuid = d.${one} WHERE d.${other} = $1`;
    const [rows, counts] = await Promise.all([
      this.database.look<RelativeRow>(
        `SELECT * FROM (${from(job)} UNION ALL ${from(history)}) r ORDER BY uuid LIMIT $2`,
        [uuid, limit],
      ),
      this.database.look(`SELECT count(*) AS count FROM ${dependency} d WHERE d.${other} = $1`, [uuid]),
    ]);
    // One that was removed isn't among the rows, and is nobody's relative any more.
    const count = rows.length < limit ? rows.length : Number(counts[0]?.['count']);
    return { rows, count };
  }

  /** The parents of a job that aren't done, in the order of their creation. */
  async waitingFor(uuid: string): Promise<JobRow[]> {
    const from = (table: string, cancelBy: string): string =>
      `SELECT ${this.columns}, ${cancelBy} AS cancel_by FROM ${this.tables.dependency} d JOIN ${table} j ON j.uuid = d.parent
       WHERE d.child = $1 AND NOT d.satisfied`;
    return this.database.look(
      `${from(this.tables.job, 'j.cancel_by')} UNION ALL ${from(this.tables.history, 'NULL')} ORDER BY seq`,
      [uuid],
    );
  }

  /** The jobs of a graph, living and ended, in the order of their creation. */
  async jobsOf(graphUuid: string): Promise<JobRow[]> {
    const from = (table: string, cancelBy: string): string =>
      `SELECT ${this.columns}, ${cancelBy} AS cancel_by FROM ${table} j WHERE j.graph_uuid = $1`;
    return this.database.look(
      `${from(this.tables.job, 'j.cancel_by')} UNION ALL ${from(this.tables.history, 'NULL')} ORDER BY seq`,
      [graphUuid],
    );
  }

  /**
   * A graph as it is drawn: its first jobs, what depends on what among these, and how many of all are in each state.
   * No payload is read.
   */
  async shape(graphUuid: string, most: number): Promise<GraphShape> {
    const { job, history, dependency } = this.tables;
    const columns =
      'j.uuid, j.seq, j.name, j.channel, j.user_id, left(j.description, 200) AS description, j.state, j.progress, j.progress_total, j.batch_uuid';
    const from = (table: string): string => `SELECT ${columns} FROM ${table} j WHERE j.graph_uuid = $1`;
    const rows = await this.database.look(
      `SELECT * FROM (${from(job)} UNION ALL ${from(history)}) g ORDER BY seq LIMIT $2`,
      [graphUuid, most],
    );
    const links = await this.database.look(
      `SELECT d.parent, d.child FROM unnest($1::uuid[]) WITH ORDINALITY u (uuid, at) JOIN ${dependency} d ON d.child = u.uuid
       ORDER BY u.at, d.parent LIMIT ${MOST_LINKS}`,
      [rows.map((row) => row['uuid'])],
    );
    return {
      jobs: rows.map((row) => ({
        uuid: row['uuid'] as string,
        name: row['name'] as string,
        channel: row['channel'] as string,
        userId: row['user_id'] as string | null,
        description: row['description'] as string,
        state: row['state'] as JobState,
        progress: row['progress'] as number | null,
        progressTotal: row['progress_total'] as number | null,
        batchUuid: row['batch_uuid'] as string | null,
      })),
      links: links as unknown as Dependency[],
      // From the rows themselves where they are all there are: then the two never differ.
      counts: rows.length < most ? countsOf(rows) : await this.states(graphUuid),
    };
  }

  private async states(graphUuid: string): Promise<Map<JobState, number>> {
    const from = (table: string): string => `SELECT j.state FROM ${table} j WHERE j.graph_uuid = $1`;
    const rows = await this.database.look(
      `SELECT state, count(*) AS count FROM (${from(this.tables.job)} UNION ALL ${from(this.tables.history)}) g GROUP BY state`,
      [graphUuid],
    );
    return new Map(rows.map((row) => [row['state'] as JobState, Number(row['count'])]));
  }

  /** What depends on what among these jobs. */
  async dependenciesAmong(uuids: readonly string[]): Promise<Dependency[]> {
    const rows = await this.database.look(
      `SELECT d.parent, d.child FROM ${this.tables.dependency} d
       WHERE d.child = ANY($1) AND d.parent = ANY($1) ORDER BY d.child, d.parent`,
      [uuids],
    );
    return rows as unknown as Dependency[];
  }
}

function countsOf(rows: readonly Row[]): Map<JobState, number> {
  const counts = new Map<JobState, number>();
  for (const row of rows) {
    const state = row['state'] as JobState;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
