import { Injectable } from '@nestjs/common';
import type { GroupKey, JobGroups } from '../../../store/jobs/job-groups.js';
import type { Found, Keep, SearchBounds, SummaryRow } from '../../../store/jobs/job-search.js';
import type { JobSort, Sorted } from '../../../store/jobs/job-sorting.js';
import type { SearchFilter } from '../../../store/jobs/job-where.js';
import { timeOfUuid } from '../../../store/jobs/uuid-time.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { dashboardJob } from './job-summary.js';
import { matchesVisibly } from './visible-match.js';

/** Rows of a page, where they have to be counted one by one. */
const COUNT_PAGE = 1_000;
/** Rows whose arguments are in memory at once. */
const WHOLE_ROWS = 50;

/** Parts of a filter whose matching tells something of what may be hidden. */
const TELLING = ['argument', 'anyArgument', 'text', 'search', 'value', 'key', 'message'] as const;
/** Of these, those for which the row of a list is not enough. */
const READING: readonly (keyof SearchFilter)[] = ['anyArgument', 'search', 'value'];

/** Finds jobs for somebody who must not learn by a filter what they may not see. */
@Injectable()
export class JobFinder {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
  ) {}

  async page(filter: SearchFilter, bounds: SearchBounds): Promise<Found<SummaryRow>> {
    if (!this.couldTell(filter)) return this.store.search.summaries(filter, bounds);
    return this.store.search.summaries(plainly(filter), bounds, this.keeper(filter));
  }

  /** Counts up to `limit`, for as long as the budget (milliseconds) allows; `isWhole` where that was all. */
  async count(
    filter: SearchFilter,
    { limit, budget }: { limit: number; budget: number },
  ): Promise<{ count: number; isWhole: boolean }> {
    if (!this.couldTell(filter)) return this.store.search.count(filter, { limit, budget });
    const end = performance.now() + budget;
    let count = 0;
    let before: string | undefined;
    do {
      const left = end - performance.now();
      if (left <= 0) return { count, isWhole: false };
      const { rows, next } = await this.page(filter, { before, limit: COUNT_PAGE, budget: left });
      count += rows.length;
      if (count > limit) return { count: limit, isWhole: false };
      before = next ?? undefined;
    } while (before !== undefined);
    return { count, isWhole: true };
  }

  /** The first jobs in another order. */
  async sorted(
    filter: SearchFilter,
    sort: JobSort,
    bounds: { limit: number; budget: number },
  ): Promise<Sorted> {
    if (!this.couldTell(filter)) return this.store.sorting.first(filter, sort, bounds);
    return this.store.sorting.first(plainly(filter), sort, { ...bounds, keep: this.keeper(filter) });
  }

  /** @param budget - milliseconds */
  async groups(filter: SearchFilter, by: GroupKey, budget: number): Promise<JobGroups> {
    if (!this.couldTell(filter)) return this.store.grouping.count(filter, by, budget);
    const end = performance.now() + budget;
    const counts = new Map<string | null, number>();
    let before: string | undefined;
    for (;;) {
      const bounds = { before, limit: COUNT_PAGE, budget: end - performance.now() };
      const { rows, next } = await this.page(filter, bounds);
      for (const key of rows.flatMap((row) => keysOf(row, by))) counts.set(key, (counts.get(key) ?? 0) + 1);
      if (next === null) return { counts, countedTo: null };
      if (performance.now() > end) return { counts, countedTo: timeOfUuid(next) };
      before = next;
    }
  }

  private couldTell(filter: SearchFilter): boolean {
    return this.redactor.isActive && TELLING.some((part) => filter[part] !== undefined);
  }

  private readonly keeper =
    (filter: SearchFilter): Keep =>
    async (rows) =>
      this.visible(rows, filter);

  private async visible(rows: readonly SummaryRow[], filter: SearchFilter): Promise<SummaryRow[]> {
    const needsAll = READING.some((part) => filter[part] !== undefined);
    const kept: SummaryRow[] = [];
    for (let at = 0; at < rows.length; at += WHOLE_ROWS) {
      const some = rows.slice(at, at + WHOLE_ROWS);
      const whole = needsAll ? await this.store.jobs.find(some.map(({ uuid }) => uuid as string)) : [];
      const byUuid = new Map(whole.map((row) => [row.uuid, row]));
      kept.push(
        ...some.filter((row) => {
          const searched = byUuid.get(row.uuid) ?? { ...row, args: '[]', identity_key: null };
          return matchesVisibly(searched, filter, this.redactor.of(dashboardJob(row)));
        }),
      );
    }
    return kept;
  }
}

const COLUMNS = {
  state: 'state',
  channel: 'channel',
  name: 'name',
  error: 'exc_name',
  user: 'user_id',
} as const;

function keysOf(row: SummaryRow, by: GroupKey): (string | null)[] {
  if (by === 'tag') return (row.tags ?? []) as string[];
  if (by !== 'hour') return [row[COLUMNS[by]] as string | null];
  const created = row.date_created as Date;
  return [`${created.toISOString().slice(0, 13)}:00:00Z`];
}

/** A path that leads into the tags of stored values would get round what is hidden by the paths of values. */
function plainly(filter: SearchFilter): SearchFilter {
  const { argument, anyArgument } = filter;
  return {
    ...filter,
    ...(argument && { argument: { ...argument, plain: true } }),
    ...(anyArgument && { anyArgument: { ...anyArgument, plain: true } }),
  };
}
