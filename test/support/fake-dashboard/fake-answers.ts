import type { MetricsRange } from '../../../lib/dashboard/api/cluster.api.js';
import type {
  ActionRequest,
  JobActionName,
  JobPage,
  JobSummary,
  LogLine,
} from '../../../lib/dashboard/api/jobs.api.js';
import {
  fakeAudit,
  fakeBatches,
  fakeChannels,
  fakeFailures,
  fakeFunctions,
  fakeGraph,
  fakeMetrics,
  fakeNodes,
  overviewOf,
} from './fake-cluster.js';
import { act } from './fake-actions.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { FakeProblem, fits } from './fake-filter.js';
import { fakeDetail, fakeLog } from './fake-detail.js';

/** As many lines as the server gives at once. */
const LOG_LINES = 500;

/** What a route answers, as its contract has it. */
export function answer(
  dashboard: FakeDashboard,
  method: string,
  path: string,
  query: URLSearchParams,
  body: string,
): unknown {
  const { jobs } = dashboard;
  const [first = '', second, third, fourth] = path.split('/').map(decodeURIComponent);
  if (path.startsWith('jobs/actions/')) {
    return act(dashboard, third as JobActionName, JSON.parse(body) as ActionRequest);
  }
  const named = <T>(all: readonly T[], key: (one: T) => string): T | readonly T[] =>
    second === undefined ? all : found(all.find((one) => key(one) === second));
  switch (first) {
    case 'about':
      return dashboard.about;
    case 'overview':
      return overviewOf(jobs, fakeNodes(jobs));
    case 'metrics':
      return fakeMetrics((query.get('range') ?? 'hour') as MetricsRange);
    case 'jobs':
      return second === 'count'
        ? countOf(jobs, query)
        : second === undefined
          ? pageOf(jobs, query)
          : aJob(dashboard, second, third, query);
    case 'failures':
      return fakeFailures(jobs);
    case 'channels':
      return method === 'PATCH'
        ? {
            ...(named(fakeChannels(jobs), ({ name }) => name) as object),
            ...(JSON.parse(body) as object),
            changed: JSON.parse(body) as object,
          }
        : named(fakeChannels(jobs), ({ name }) => name);
    case 'functions':
      return named(fakeFunctions(jobs), ({ name }) => name);
    case 'nodes':
      return fourth === undefined ? fakeNodes(jobs) : named(fakeNodes(jobs), ({ id }) => String(id));
    case 'graphs':
      return dashboard.graph ?? fakeGraph(second ?? '', jobs);
    case 'batches':
      return second === undefined
        ? { batches: fakeBatches(jobs), next: null }
        : named(fakeBatches(jobs), ({ uuid }) => uuid);
    case 'audit':
      return { entries: fakeAudit(), next: null };
    default:
      throw new FakeProblem(404, 'Not found', path);
  }
}

function aJob(
  dashboard: FakeDashboard,
  uuid: string,
  part: string | undefined,
  query: URLSearchParams,
): unknown {
  const { jobs } = dashboard;
  const job = found(jobs.find((one) => one.uuid === uuid));
  switch (part) {
    case undefined:
      return { ...fakeDetail(job, jobs), ...dashboard.details.get(uuid) };
    case 'logs': {
      const after = query.get('after');
      const all = linesOf(dashboard, job);
      const lines = all.slice(all.findIndex(({ id }) => id === after) + 1).slice(0, LOG_LINES);
      return { lines, last: lines.at(-1)?.id ?? after };
    }
    case 'related-action':
      return dashboard.relatedAction;
    case 'text':
      return 'All of it. '.repeat(100_000);
    default:
      return job;
  }
}

/** What a job has logged. */
export function linesOf(dashboard: FakeDashboard, job: JobSummary): readonly LogLine[] {
  return dashboard.logs.get(job.uuid) ?? (job.retry === 0 ? [] : fakeLog(job));
}

/** 50 a page; an argument filter looks at 100 rows at a time, as one that no index helps. */
function pageOf(jobs: readonly JobSummary[], query: URLSearchParams): JobPage {
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('cursor') ?? 0);
  const bounded = query.has('arg') ? jobs.slice(0, from + 100) : jobs;
  const fitting = bounded.flatMap((job, at) => (at >= from && fits(job, query) ? [{ job, at }] : []));
  const page = fitting.slice(0, limit);
  const short = page.length < limit && bounded.length < jobs.length;
  const next =
    page.length === limit && fitting.length > limit
      ? (page.at(-1)?.at ?? 0) + 1
      : short
        ? bounded.length
        : null;
  return {
    jobs: page.map(({ job }) => job),
    next: next === null ? null : String(next),
    searchedTo: short ? (bounded.at(-1)?.dateCreated ?? null) : null,
  };
}

function countOf(jobs: readonly JobSummary[], query: URLSearchParams) {
  const count = jobs.filter((job) => fits(job, query)).length;
  const most = query.get('exact') === 'true' ? Infinity : 10_000;
  return { count: Math.min(count, most), capped: count > most, at: new Date().toISOString() };
}

function found<T>(one: T | undefined): T {
  if (one === undefined) {
    throw new FakeProblem(404, 'Not found', 'There is no such thing.');
  }
  return one;
}
