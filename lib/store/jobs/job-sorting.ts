import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { JobRanges, MOST_ROWS, statement } from './job-ranges.js';
import { type Keep, type SummaryRow, summaryColumns } from './job-search.js';
import { jobPlaces } from './job-sources.js';
import { jobWhere, type SearchFilter } from './job-where.js';
import { Phase } from './phase.js';
import { timeOfUuid } from './uuid-time.js';

export const JOB_SORTS = ['due', 'running', 'slowest'] as const;
/** `due`: what starts next of the jobs that wait for a time; `running`: the longest running; `slowest`: of those that ended. */
export type JobSort = (typeof JOB_SORTS)[number];

export interface Sorted {
  readonly rows: SummaryRow[];
  /** Where not all were looked at: the date of creation down to which it has looked. */
  readonly searchedTo: Date | null;
}

/** Rows that are looked at, whether they match or not, in an order for which there is an index. */
const MOST_LOOKED_AT = 10_000;

/** The first jobs in another order than that of their creation. */
export class JobSorting {
  private readonly ranges: JobRanges;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.ranges = new JobRanges(database, tables);
  }

  /** @param budget - milliseconds, after which the slowest are those that were found so far */
  async first(
    filter: SearchFilter,
    sort: JobSort,
    { limit, budget, keep }: { limit: number; budget: number; keep?: Keep },
  ): Promise<Sorted> {
    // A group of failures has no job that waits for its time or runs.
    if (filter.failure !== undefined && sort !== 'slowest') return { rows: [], searchedTo: null };
    if (sort === 'slowest') return this.slowest(filter, limit, budget, keep);
    const t = this.tables;
    const columns = summaryColumns(t);
    const source =
      sort === 'due'
        ? `(SELECT * FROM ${t.job} s WHERE s.phase = ${Phase.eta} ORDER BY s.eta LIMIT ${MOST_LOOKED_AT})`
        : `(SELECT * FROM ${t.job} s WHERE s.uuid = ANY(ARRAY(SELECT unnest(c.jobs) FROM ${t.claim} c)) AND s.state = 'started' LIMIT ${MOST_LOOKED_AT})`;
    const { values, bind } = statement();
    const where = [...jobWhere(filter, this.tables, bind), ...this.found(filter, bind), 'true'];
    const end = `LIMIT ${bind(keep === undefined ? limit : MOST_LOOKED_AT)}`;
    const order = sort === 'due' ? 'j.eta' : 'j.date_started';
    const rows = await this.database.look<SummaryRow>(
      `SELECT ${columns}, j.cancel_by FROM ${source} j WHERE ${where.join(' AND ')} ORDER BY ${order}, j.uuid ${end}`,
      values,
    );
    return { rows: keep === undefined ? rows : (await keep(rows)).slice(0, limit), searchedTo: null };
  }

  /** The conditions by which a search finds its rows. */
  private found(filter: SearchFilter, bind: (value: unknown) => string): readonly string[] {
    const { state: _, failure: __, ...others } = filter;
    const base = jobPlaces(others, this.tables, bind)[0]?.base ?? [];
    return filter.graphUuid === undefined ? base : [...base, `j.graph_uuid = ${bind(filter.graphUuid)}`];
  }

  private async slowest(filter: SearchFilter, limit: number, budget: number, keep?: Keep): Promise<Sorted> {
    const columns = summaryColumns(this.tables);
    let rows: SummaryRow[] = [];
    let floor: string | null = null;
    for await (const range of this.ranges.down(filter, undefined, budget)) {
      const { values, bind } = statement();
      const where = [...jobWhere(filter, this.tables, bind), 'j.exec_time IS NOT NULL'];
      if (range.above !== null) where.push(`j.uuid < ${bind(range.above)}`);
      if (range.floor !== null) where.push(`j.uuid >= ${bind(range.floor)}`);
      const end = `ORDER BY exec_time DESC, uuid DESC LIMIT ${bind(keep === undefined ? limit : MOST_ROWS)}`;
      const parts = jobPlaces(filter, this.tables, bind).map(
        ({ rows: source, cancelBy, base }) =>
          `(SELECT ${columns}, ${cancelBy} AS cancel_by FROM ${source} j WHERE ${[...base, ...where].join(' AND ')} ${end})`,
      );
      const found = await this.database.look<SummaryRow>(
        `SELECT * FROM (${parts.join(' UNION ALL ')}) q ${end}`,
        values,
      );
      rows = [...rows, ...(keep === undefined ? found : await keep(found))]
        .toSorted((a, b) => (b.exec_time as number) - (a.exec_time as number))
        .slice(0, limit);
      floor = range.floor;
    }
    return { rows, searchedTo: floor === null ? null : timeOfUuid(floor) };
  }
}
