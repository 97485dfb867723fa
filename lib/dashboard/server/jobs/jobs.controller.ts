import { Get } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { JobSort } from '../../../store/jobs/job-sorting.js';
import type { SearchFilter } from '../../../store/jobs/job-where.js';
import type { Rights } from '../../api/cluster.api.js';
import type { JobDetail, JobMatchCount, JobPage, LogPage, RelatedActionView } from '../../api/jobs.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { ProblemError } from '../http/problem.error.js';
import { parseAfter, parseCount, parseField, parsePage, parseUuid } from '../input/jobs.input.js';
import { Described } from '../openapi/described.js';
import {
  FILTER_QUERY,
  JOB_COUNT,
  JOB_DETAIL,
  JOB_PAGE,
  LOG_PAGE,
  RELATED_ACTION,
} from '../openapi/job-schemas.js';
import { text } from '../openapi/schemas.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { JobDetails } from './job-details.js';
import { DatabaseClock } from '../store/database-clock.js';
import { JobFinder } from './job-finder.js';
import { dashboardJob, jobSummary } from './job-summary.js';

/** Milliseconds. */
const BUDGET = { page: 400, count: 700, exact: 20_000 };
const CAP = 10_000;

const ONE = { path: { uuid: 'The uuid of a job' }, problems: { 404: 'There is no such job' } };

/** Reads jobs. */
@ApiController('jobs')
export class JobsController {
  constructor(
    private readonly finder: JobFinder,
    private readonly clock: DatabaseClock,
    private readonly details: JobDetails,
    private readonly redactor: Redactor,
    private readonly store: DashboardStore,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @Described({
    summary: 'Jobs, the newest first',
    description:
      'A page looks at a bounded number of rows: where it found fewer than asked before the end, `searchedTo` says down to which creation date it has looked, and `next` goes on from there.',
    query: {
      ...FILTER_QUERY,
      cursor: 'The `next` of the page before',
      limit: '1 to 200. Default: 50',
      sort: '`newest`, or the first of another order, on one page: `due`, `running`, `slowest`',
    },
    answer: JOB_PAGE,
  })
  async list({ query, rights }: Call): Promise<JobPage> {
    const { filter, cursor, limit, sort } = parsePage(query, await this.clock.for(query));
    if (sort !== 'newest') return this.sorted(filter, sort, limit, rights);
    const { rows, next, searchedTo } = await this.finder.page(filter, {
      before: cursor,
      limit,
      budget: BUDGET.page,
    });
    return {
      jobs: rows.map((row) => jobSummary(row, rights, this.redactor.of(dashboardJob(row)))),
      next,
      searchedTo: searchedTo?.toISOString() ?? null,
    };
  }

  /** The first ones: there is no second page. */
  private async sorted(filter: SearchFilter, sort: JobSort, limit: number, rights: Rights): Promise<JobPage> {
    const { rows, searchedTo } = await this.finder.sorted(filter, sort, { limit, budget: BUDGET.count });
    return {
      jobs: rows.map((row) => jobSummary(row, rights, this.redactor.of(dashboardJob(row)))),
      next: null,
      searchedTo: searchedTo?.toISOString() ?? null,
    };
  }

  @Get('count')
  @Described({
    summary: 'How many jobs there are, up to 10,000',
    query: { ...FILTER_QUERY, exact: '`true`: to the end, or 422 where that takes too long' },
    answer: JOB_COUNT,
    problems: { 422: 'Too many rows to count' },
  })
  async count({ query }: Call): Promise<JobMatchCount> {
    const at = await this.store.jobs.now();
    const { filter, isExact } = parseCount(query, at);
    const bounds = isExact
      ? { limit: Number.MAX_SAFE_INTEGER, budget: BUDGET.exact }
      : { limit: CAP, budget: BUDGET.count };
    const { count, isWhole } = await this.finder.count(filter, bounds);
    if (isExact && !isWhole) throw tooMany();
    return { count, capped: !isWhole, at: at.toISOString() };
  }

  @Get(':uuid')
  @Described({ summary: 'All that there is to know of a job', ...ONE, answer: JOB_DETAIL })
  async one({ params, rights }: Call): Promise<JobDetail> {
    return this.details.detail(parseUuid(params['uuid']), rights);
  }

  @Get(':uuid/logs')
  @Described({
    summary: 'What a job has logged, 500 lines at most',
    ...ONE,
    query: { after: 'The `last` of the answer before' },
    answer: LOG_PAGE,
  })
  async logs({ params, query }: Call): Promise<LogPage> {
    return this.details.logs(parseUuid(params['uuid']), parseAfter(query));
  }

  @Get(':uuid/text/:field')
  @Described({
    summary: 'All of a payload, as it is stored',
    path: { ...ONE.path, field: 'args, result, context or error' },
    answer: text,
    type: 'text/plain',
    problems: ONE.problems,
  })
  async text({ params, response }: Call): Promise<string> {
    const asked = { uuid: parseUuid(params['uuid']), field: parseField(params['field']) };
    const payload = await this.details.text(asked.uuid, asked.field);
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'Content-Type', 'text/plain; charset=utf-8');
    httpAdapter.setHeader(
      response,
      'Content-Disposition',
      `attachment; filename="${asked.uuid}-${asked.field}.txt"`,
    );
    return payload;
  }

  @Get(':uuid/related-action')
  @Described({
    summary: 'What the related action of a job answers, null where it has none',
    ...ONE,
    answer: RELATED_ACTION,
  })
  async relatedAction({ params }: Call): Promise<RelatedActionView | null> {
    return this.details.relatedAction(parseUuid(params['uuid']));
  }
}

const tooMany = (): ProblemError =>
  new ProblemError(
    422,
    'There are too many rows to look through: narrow the filter, by a time range for instance.',
    {
      code: 'TOO_MANY',
    },
  );
