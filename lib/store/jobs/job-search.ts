import type { QueueDatabase, Row } from '../connection/database.js';
import type { JobRow } from './job-store.js';
import { LASTING_COLUMNS } from '../../job/job-columns.js';
import { jobPlaces } from './job-sources.js';
import { JobRanges, MOST_ROWS, type Range, statement } from './job-ranges.js';
import { jobWhere, lastNode, type SearchFilter } from './job-where.js';
import { timeOfUuid } from './uuid-time.js';
import type { Tables } from '../connection/tables.js';

const PAYLOADS = [
  'args',
  'result',
  'context',
  'exc_info',
  'identity_key',
  'identity_until_done',
  'node',
] as const;

/** A job as a row of a list, without its payloads; `node` is that which had it last. */
export type SummaryRow = Readonly<
  Record<Exclude<keyof JobRow, Exclude<(typeof PAYLOADS)[number], 'node'>>, unknown>
>;

/** Where a search begins, and how far it may go. */
export interface SearchBounds {
  /** Only jobs older than this one. */
  readonly before?: string | undefined;
  readonly limit: number;
  /** Milliseconds after which it stops where it is. Default: it goes on to the end. */
  readonly budget?: number;
}

/**
 * What of the rows that match is found at all. Where a search goes on then tells nothing of the others: it depends on the
 * rows that are kept, and on how many rows there are, matching or not.
 */
export type Keep = (rows: SummaryRow[]) => Promise<SummaryRow[]>;

export interface Found<R> {
  /** The newest first. */
  readonly rows: R[];
  /** The search goes on before this uuid; null where nothing is left. */
  readonly next: string | null;
  /** Where the time was over before enough was found: the date of creation down to which it has looked. */
  readonly searchedTo: Date | null;
}

/** More than a description has to be in a list, so that it shows where it was cut. */
const LONGEST = 301;

/**
 * Finds jobs, living and ended, the newest first. The order is that of their uuids, which are of version 7 and the
 * primary key of both tables. It goes down step by step, each of this many rows whether they match or not; so no filter
 * needs an index of its own, and a search can stop at any moment and tell how far it came.
 */
export class JobSearch {
  private readonly ranges: JobRanges;

  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {
    this.ranges = new JobRanges(database, tables);
  }

  /** Whole rows. */
  async jobs(filter: SearchFilter, bounds: SearchBounds): Promise<Found<JobRow>> {
    return this.find<JobRow>(filter, bounds, LASTING_COLUMNS.map((column) => `j.${column}`).join(', '));
  }

  /** Rows without payloads, long texts cut. */
  async summaries(filter: SearchFilter, bounds: SearchBounds, keep?: Keep): Promise<Found<SummaryRow>> {
    return this.find<SummaryRow>(filter, bounds, summaryColumns(this.tables), keep);
  }

  /** Counts up to `limit`, for as long as the budget allows; `isWhole` where that was all. */
  async count(
    filter: SearchFilter,
    { limit, budget }: { limit: number; budget: number },
  ): Promise<{ count: number; isWhole: boolean }> {
    let count = 0;
    let floor: string | null = null;
    for await (const range of this.ranges.down(filter, undefined, budget)) {
      const rows = await this.look(
        filter,
        range,
        'true AS found',
        limit + 1 - count,
        '',
        'count(*) AS count',
      );
      count += Number(rows[0]?.['count']);
      if (count > limit) return { count: limit, isWhole: false };
      floor = range.floor;
    }
    return { count, isWhole: floor === null };
  }

  private async find<R extends Row>(
    filter: SearchFilter,
    { before, limit, budget = Infinity }: SearchBounds,
    columns: string,
    keep?: (rows: R[]) => Promise<R[]>,
  ): Promise<Found<R>> {
    const rows: R[] = [];
    let floor: string | null = null;
    for await (const range of this.ranges.down(filter, before, budget)) {
      const wanted = keep === undefined ? limit + 1 - rows.length : MOST_ROWS;
      const found = await this.look<R>(filter, range, columns, wanted, 'ORDER BY uuid DESC', '*');
      rows.push(...(keep === undefined ? found : await keep(found)));
      if (rows.length > limit) {
        rows.length = limit;
        return { rows, next: rows.at(-1)?.['uuid'] as string, searchedTo: null };
      }
      floor = range.floor;
    }
    return { rows, next: floor, searchedTo: floor === null ? null : timeOfUuid(floor) };
  }

  /** One step: what matches in a range. */
  private async look<R extends Row>(
    filter: SearchFilter,
    range: Range,
    columns: string,
    limit: number,
    order: string,
    outer: string,
  ): Promise<R[]> {
    const { values, bind } = statement();
    const where = jobWhere(filter, this.tables, bind);
    if (range.above !== null) where.push(`j.uuid < ${bind(range.above)}`);
    if (range.floor !== null) where.push(`j.uuid >= ${bind(range.floor)}`);
    const end = `${order} LIMIT ${bind(limit)}`;
    const parts = jobPlaces(filter, this.tables, bind).map(
      ({ rows, cancelBy, base }) =>
        `(SELECT ${columns}, ${cancelBy} AS cancel_by FROM ${rows} j WHERE ${[...base, ...where, 'true'].join(' AND ')} ${end})`,
    );
    return this.database.look<R>(
      `SELECT ${outer} FROM (SELECT * FROM (${parts.join(' UNION ALL ')}) q ${end}) p`,
      values,
    );
  }
}

/** Those of a {@link SummaryRow}, of a job `j`. */
export function summaryColumns(t: Tables): string {
  const columns = LASTING_COLUMNS.filter((column) => !PAYLOADS.some((payload) => payload === column));
  const list = columns.map((column) =>
    column === 'description' || column === 'exc_message'
      ? `left(j.${column}, ${LONGEST}) AS ${column}`
      : `j.${column}`,
  );
  return `${list.join(', ')}, ${lastNode(t)} AS node`;
}
