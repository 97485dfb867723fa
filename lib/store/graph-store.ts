import type { Query, QueueDatabase } from './database.js';
import type { JobRow } from './job-store.js';
import { LASTING_COLUMNS } from './sql/job-columns.js';
import type { Tables } from './tables.js';

/** `child` runs once `parent` is done; uuids of jobs. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
}

/** What depends on what. */
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

  /** Results of the parents of a job, as they are stored, in the order in which these were created. */
  async parentResults(uuid: string): Promise<{ uuid: string; result: string | null }[]> {
    const rows = await this.database.query(
      `SELECT h.uuid, h.result FROM ${this.tables.dependency} d JOIN ${this.tables.history} h ON h.uuid = d.parent
       WHERE d.child = $1 ORDER BY h.seq`,
      [uuid],
    );
    return rows as unknown as { uuid: string; result: string | null }[];
  }

  /** The parents of a job that aren't done, in the order of their creation. */
  async waitingFor(uuid: string): Promise<JobRow[]> {
    const from = (table: string, cancelBy: string): string =>
      `SELECT ${this.columns}, ${cancelBy} AS cancel_by FROM ${this.tables.dependency} d JOIN ${table} j ON j.uuid = d.parent
       WHERE d.child = $1 AND NOT d.satisfied`;
    return this.database.query(
      `${from(this.tables.job, 'j.cancel_by')} UNION ALL ${from(this.tables.history, 'NULL')} ORDER BY seq`,
      [uuid],
    );
  }

  /** The jobs of a graph, living and ended, in the order of their creation. */
  async jobsOf(graphUuid: string): Promise<JobRow[]> {
    const from = (table: string, cancelBy: string): string =>
      `SELECT ${this.columns}, ${cancelBy} AS cancel_by FROM ${table} j WHERE j.graph_uuid = $1`;
    return this.database.query(
      `${from(this.tables.job, 'j.cancel_by')} UNION ALL ${from(this.tables.history, 'NULL')} ORDER BY seq`,
      [graphUuid],
    );
  }

  /** What depends on what among these jobs. */
  async dependenciesAmong(uuids: readonly string[]): Promise<Dependency[]> {
    const rows = await this.database.query(
      `SELECT d.parent, d.child FROM ${this.tables.dependency} d
       WHERE d.child = ANY($1) AND d.parent = ANY($1) ORDER BY d.child, d.parent`,
      [uuids],
    );
    return rows as unknown as Dependency[];
  }
}
