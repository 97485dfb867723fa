import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';
import { jobPlaces } from './job-sources.js';
import type { Bind, SearchFilter } from './job-where.js';
import { uuidBefore } from './uuid-time.js';

/** The jobs older than `above` that aren't older than `floor`; null is without bound. */
export interface Range {
  readonly above: string | null;
  readonly floor: string | null;
}

/** Rows of a range, at most. */
export const MOST_ROWS = 100_000;
/** Rows that a step looks at: at first, at first where each may be long to read, and at most. */
const STEP = { first: 2_000, heavy: 100, most: MOST_ROWS };
/** What a step should take, in milliseconds: the next one looks at more or at fewer rows. */
const STEP_MS = 60;
/** The history in steps of so many rows, from the newest down. */
export class JobRanges {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Steps downwards, until nothing is left or the time is over. */
  async *down(filter: SearchFilter, before: string | undefined, budget: number): AsyncGenerator<Range> {
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

  /** The uuid down to which a step of so many rows goes; null where it goes to the end. */
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

/** The values of a statement, and what puts one more among them. */
export function statement(): { values: unknown[]; bind: Bind } {
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
