import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { JobRanges, type Range, statement } from './job-ranges.js';
import { jobPlaces } from './job-sources.js';
import { jobWhere, type SearchFilter } from './job-where.js';
import { timeOfUuid } from './uuid-time.js';

/** What jobs can be grouped by, as an expression on a job `j`. */
const KEYS = {
  state: 'j.state',
  channel: 'j.channel',
  name: 'j.name',
  error: 'j.exc_name',
  user: 'j.user_id',
  // A job counts for each of its tags.
  tag: 'jsonb_array_elements_text(j.tags)',
  hour: `to_char(date_trunc('hour', j.date_created AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
} as const;

export type GroupKey = keyof typeof KEYS;
export const GROUP_KEYS = Object.keys(KEYS) as readonly GroupKey[];

export interface JobGroups {
  /** Counts by key; those that have none, such as jobs without an error, by null. */
  readonly counts: ReadonlyMap<string | null, number>;
  /** Where the time was over before the end: the date of creation down to which it has counted. */
  readonly countedTo: Date | null;
}

/** Counts jobs by what they have in common, step by step like a search, for as long as the budget allows. */
export class JobGrouping {
  private readonly ranges: JobRanges;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.ranges = new JobRanges(database, tables);
  }

  /** @param budget - milliseconds */
  async count(filter: SearchFilter, by: GroupKey, budget: number): Promise<JobGroups> {
    const counts = new Map<string | null, number>();
    let floor: string | null = null;
    for await (const range of this.ranges.down(filter, undefined, budget)) {
      for (const { key, count } of await this.look(filter, by, range))
        counts.set(key, (counts.get(key) ?? 0) + Number(count));
      floor = range.floor;
    }
    return { counts, countedTo: floor === null ? null : timeOfUuid(floor) };
  }

  private async look(
    filter: SearchFilter,
    by: GroupKey,
    range: Range,
  ): Promise<{ key: string | null; count: string }[]> {
    const { values, bind } = statement();
    const where = jobWhere(filter, this.tables, bind);
    if (range.above !== null) where.push(`j.uuid < ${bind(range.above)}`);
    if (range.floor !== null) where.push(`j.uuid >= ${bind(range.floor)}`);
    const parts = jobPlaces(filter, this.tables, bind).map(
      ({ rows, base }) =>
        `(SELECT ${KEYS[by]} AS key FROM ${rows} j WHERE ${[...base, ...where, 'true'].join(' AND ')})`,
    );
    return this.database.look(
      `SELECT key, count(*) AS count FROM (${parts.join(' UNION ALL ')}) q GROUP BY key`,
      values,
    );
  }
}
