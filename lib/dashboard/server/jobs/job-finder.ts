import { Injectable } from '@nestjs/common';
import type { JobFilter } from '../../../store/jobs/job-filter.js';
import type { Found, SearchBounds, SummaryRow } from '../../../store/jobs/job-search.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { dashboardJob } from './job-summary.js';

/** Rows of a page, where they have to be counted one by one. */
const COUNT_PAGE = 1_000;

/** Finds jobs for somebody who must not learn by a filter what they may not see. */
@Injectable()
export class JobFinder {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
  ) {}

  async page(filter: JobFilter, bounds: SearchBounds): Promise<Found<SummaryRow>> {
    if (!this.couldTell(filter)) return this.store.search.summaries(filter, bounds);
    const found = await this.store.search.summaries(plainly(filter), bounds);
    const rows = found.rows.filter((row) => this.mayBeFound(row, filter));
    return { ...found, rows };
  }

  /** Counts up to `limit`, for as long as the budget (milliseconds) allows; `isWhole` where that was all. */
  async count(
    filter: JobFilter,
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

  /** Whether matching tells something of what may be hidden. */
  private couldTell({ argument, text }: JobFilter): boolean {
    return this.redactor.isActive && (argument !== undefined || text !== undefined);
  }

  private mayBeFound(row: SummaryRow, { argument, text }: JobFilter): boolean {
    const redaction = this.redactor.of(dashboardJob(row));
    return (
      (argument === undefined || !redaction.touches('args', argument.path)) &&
      (text === undefined || !redaction.hides('description'))
    );
  }
}

/** A path that leads into the tags of stored values would get round what is hidden by the paths of values. */
const plainly = ({ argument, ...filter }: JobFilter): JobFilter =>
  argument === undefined ? filter : { ...filter, argument: { ...argument, plain: true } };
