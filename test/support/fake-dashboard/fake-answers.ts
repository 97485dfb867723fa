import type { MetricsRange } from '../../../lib/dashboard/api/cluster.api.js';
import type {
  ActionProgress,
  ActionRequest,
  JobActionName,
  JobPage,
  JobQuery,
  JobSummary,
} from '../../../lib/dashboard/api/jobs.api.js';
import type { JobState } from '../../../lib/job/job-state.js';
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
import type { FakeDashboard } from './fake-dashboard.js';
import { actionsOf, fakeDetail } from './fake-jobs.js';

export class FakeProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

const BECOMES: Readonly<Record<Exclude<JobActionName, 'delete'>, JobState>> = {
  requeue: 'pending',
  cancel: 'cancelled',
  done: 'done',
};

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
          : aJob(jobs, second, third);
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
      return fakeGraph(second ?? '', jobs);
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

function aJob(jobs: readonly JobSummary[], uuid: string, part: string | undefined): unknown {
  const job = found(jobs.find((one) => one.uuid === uuid));
  switch (part) {
    case undefined:
      return fakeDetail(job, jobs);
    case 'logs':
      return {
        lines: [{ id: '1', retry: 1, date: job.dateCreated, message: 'Rendering 3 pages', data: null }],
        last: '1',
      };
    case 'related-action':
      return { label: 'Open the invoice', url: '/invoices/4711', data: null };
    default:
      return job;
  }
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
  return { count: Math.min(count, 10_000), capped: count > 10_000 };
}

function fits(job: JobSummary, query: URLSearchParams): boolean {
  const one = (key: keyof JobQuery, test: (value: string) => boolean) => {
    const value = query.get(key);
    return value === null || test(value);
  };
  return (
    one('uuids', (value) => value.split(',').includes(job.uuid)) &&
    one('state', (value) => value.split(',').includes(job.state)) &&
    one('name', (value) => job.name === value) &&
    one('channel', (value) => job.channel === value || job.channel.startsWith(`${value}.`)) &&
    one('node', (value) => String(job.node) === value) &&
    one('priority', (value) => String(job.priority) === value) &&
    one('user', (value) => job.userId === value) &&
    one('error', (value) => job.excName === value) &&
    one('text', (value) => job.description.toLowerCase().includes(value.toLowerCase())) &&
    one('arg', (value) => job.description.includes(value.slice(value.indexOf('=') + 1))) &&
    one('from', (value) => job.dateCreated >= value) &&
    one('to', (value) => job.dateCreated < value)
  );
}

function act(dashboard: FakeDashboard, action: JobActionName, request: ActionRequest): ActionProgress[] {
  const chosen =
    'uuids' in request
      ? dashboard.jobs.filter(({ uuid }) => request.uuids.includes(uuid))
      : dashboard.jobs.filter((job) =>
          fits(job, new URLSearchParams({ ...request.filter } as Record<string, string>)),
        );
  if ('filter' in request && chosen.length > request.expected) {
    throw new FakeProblem(409, 'More jobs match by now', 'Count them again.', { count: chosen.length });
  }
  const allowed = chosen.filter(({ state }) => actionsOf(state).includes(action));
  const refused = chosen.filter((job) => !allowed.includes(job));
  if (action === 'delete') {
    dashboard.jobs = dashboard.jobs.filter((job) => !allowed.includes(job));
  } else {
    allowed.forEach(({ uuid }) => dashboard.change(uuid, { state: BECOMES[action] }));
  }
  const states = [...new Set(refused.map(({ state }) => state))];
  const unchanged = states.map((state) => {
    const of = refused.filter((job) => job.state === state);
    return {
      reason: 'state' as const,
      state,
      count: of.length,
      uuids: of.slice(0, 3).map(({ uuid }) => uuid),
    };
  });
  const total = chosen.length;
  const half = Math.floor(total / 2);
  return [
    { total, seen: half, changed: Math.min(half, allowed.length), unchanged: [], ended: false },
    { total, seen: total, changed: allowed.length, unchanged, ended: true },
  ];
}

function found<T>(one: T | undefined): T {
  if (one === undefined) {
    throw new FakeProblem(404, 'Not found', 'There is no such thing.');
  }
  return one;
}
