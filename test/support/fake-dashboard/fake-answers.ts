import type { MetricsRange } from '../../../lib/dashboard/api/cluster.api.js';
import type { ActionRequest, JobActionName, JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import { fakeBatches, fakeFailures, fakeGraph, fakeMetrics, fakeNodes, overviewOf } from './fake-cluster.js';
import { act } from './fake-actions.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { fakeDetail } from './fake-jobs.js';
import { auditOf, batchesOf, countOf, pageOf } from './fake-lists.js';
import { FakeProblem, found } from './fake-problem.js';
import { steered } from './fake-steering.js';

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
    case 'functions':
    case 'nodes':
      return steered(dashboard, first, method, second, fourth, body);
    case 'graphs':
      return fakeGraph(second ?? '', jobs);
    case 'batches':
      return second === undefined ? batchesOf(jobs, query) : named(fakeBatches(jobs), ({ uuid }) => uuid);
    case 'audit':
      return auditOf(query);
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
