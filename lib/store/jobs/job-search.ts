import type { QueueDatabase, Row } from '../connection/database.js';
import type { JobRow } from './job-store.js';
import { LASTING_COLUMNS } from '../../job/job-columns.js';
import { jobPlaces } from './job-sources.js';
import { type Bind, jobWhere, lastNode, type SearchFilter } from './job-where.js';
import { timeOfUuid, uuidBefore } from './uuid-time.js';
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

export interface Found<R> {
  /** The newest first. */
  readonly rows: R[];
  /** The search goes on before this uuid; null where nothing is left. */
  readonly next: string | null;
  /** Where the time was over before enough was found: the date of creation down to which it has looked. */
  readonly searchedTo: Date | null;
}

/** The jobs older than `above` that aren't older than `floor`; null is without bound. */
interface Range {
  readonly above: string | null;
  readonly floor: string | null;
}

/** Rows that a step looks at: at first, at first where each may be long to read, and at most. */
const STEP = { first: 2_000, heavy: 100, most: 100_000 };
/** What a step should take, in milliseconds: the next one looks at more or at fewer rows. */
const STEP_MS = 60;
/** More than a description has to be in a list, so that it shows where it was cut. */
const LONGEST = 301;

/**
 * Finds jobs, living and ended, the newest first. The order is that of their uuids, which are of version 7 and the
 * primary key of both tables. It goes down step by step, each of this many rows whether they match or not; so no filter
 * needs an index of its own, and a search can stop at any moment and tell how far it came.
 */
export class JobSearch {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Whole rows. */
  async jobs(filter: SearchFilter, bounds: SearchBounds): Promise<Found<JobRow>> {
    return this.find<JobRow>(filter, bounds, LASTING_COLUMNS.map((column) => `j.${column}`).join(', '));
  }

  /** Rows without payloads, long texts cut. */
  async summaries(filter: SearchFilter, bounds: SearchBounds): Promise<Found<SummaryRow>> {
    const columns = LASTING_COLUMNS.filter((column) => !PAYLOADS.some((payload) => payload === column));
    const list = columns.map((column) =>
      column === 'description' || column === 'exc_message'
        ? `left(j.${column}, ${LONGEST}) AS ${column}`
        : `j.${column}`,
    );
    return this.find<SummaryRow>(filter, bounds, `${list.join(', ')}, ${lastNode(this.tables)} AS node`);
  }

  /** Counts up to `limit`, for as long as the budget allows; `isWhole` where that was all. */
  async count(
    filter: SearchFilter,
    { limit, budget }: { limit: number; budget: number },
  ): Promise<{ count: number; isWhole: boolean }> {
    let count = 0;
    let floor: string | null = null;
    for await (const range of this.ranges(filter, undefined, budget)) {
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
  ): Promise<Found<R>> {
    const rows: R[] = [];
    let floor: string | null = null;
    for await (const range of this.ranges(filter, before, budget)) {
      const wanted = limit + 1 - rows.length;
      rows.push(...(await this.look<R>(filter, range, columns, wanted, 'ORDER BY uuid DESC', '*')));
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

  /** Steps downwards, until nothing is left or the time is over. */
  private async *ranges(
    filter: SearchFilter,
    before: string | undefined,
    budget: number,
  ): AsyncGenerator<Range> {
    const started = performance.now();
    let size = readsArguments(filter) ? STEP.heavy : STEP.first;
    let above = topOf(filter, before);
    for (;;) {
      const began = performance.now();
      const floor = await this.floor(filter, above, size);
      yield { above, floor };
      const now = performance.now();
      if (floor === null || now - started > budget) return;
      above = floor;
      const factor = Math.max(0.25, Math.min(4, STEP_MS / (now - began + 1)));
      size = Math.min(STEP.most, Math.ceil(size * factor));
    }
  }

  /** The uuid down to which a step of this many rows goes; null where it goes to the end. */
  private async floor(filter: SearchFilter, above: string | null, size: number): Promise<string | null> {
    const { values, bind } = statement();
    const below = above === null ? 'true' : `j.uuid < ${bind(above)}`;
    const skip = bind(size - 1);
    const parts = jobPlaces(filter, this.tables, bind).map(
      ({ rows, base }) =>
        `(SELECT j.uuid FROM ${rows} j WHERE ${[...base, below].join(' AND ')} ORDER BY j.uuid DESC OFFSET ${skip} LIMIT 1)`,
    );
    const rows = await this.database.look(
      `SELECT uuid FROM (${parts.join(' UNION ALL ')}) f ORDER BY uuid DESC LIMIT 1`,
      values,
    );
    return (rows[0]?.['uuid'] as string | undefined) ?? null;
  }
}

function statement(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

const readsArguments = ({ argument, anyArgument, search, value }: SearchFilter): boolean =>
  [argument, anyArgument, search, value].some((one) => one !== undefined);

/** Uuids begin with a time, so one that ends a range of time ends a range of uuids. */
function topOf({ createdBefore }: SearchFilter, before: string | undefined): string | null {
  const latest = createdBefore === undefined ? undefined : uuidBefore(createdBefore);
  if (before === undefined || latest === undefined) return before ?? latest ?? null;
  return before < latest ? before : latest;
}
