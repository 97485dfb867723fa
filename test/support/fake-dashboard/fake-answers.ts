import type { MetricsRange } from '../../../lib/dashboard/api/cluster.api.js';
import type { ActionRequest, JobActionName } from '../../../lib/dashboard/api/actions.api.js';
import type { JobSummary, LogLine } from '../../../lib/dashboard/api/jobs.api.js';
import { fakeBatches, fakeGraph, fakeMetrics, fakeNodes, overviewOf } from './fake-cluster.js';
import { act } from './fake-actions.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { fakeDetail, fakeLog } from './fake-detail.js';
import { auditOf, batchesOf, countOf, groupsOf, pageOf } from './fake-lists.js';
import { failuresOf } from './fake-failures.js';
import { FakeProblem, found } from './fake-problem.js';
import { steered } from './fake-steering.js';

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
        : second === 'waits'
          ? { waits: dashboard.waits }
          : second === 'groups'
            ? groupsOf(jobs, query)
            : second === 'export'
              ? jobs.map(({ uuid }) => uuid).join('\n')
              : second === undefined
                ? pageOf(jobs, query)
                : aJob(dashboard, second, third, query);
    case 'failures':
      return failuresOf(dashboard, second, query, body);
    case 'channels':
    case 'functions':
    case 'nodes':
      if (path === 'nodes/names') {
        return fakeNodes(jobs).map(({ id, name, release }) => ({ id, name, release }));
      }
      return steered(dashboard, first, method, second, fourth ?? third, body, query);
    case 'schedules':
      return dashboard.schedules.answer(method, second, third, body);
    case 'graphs':
      return dashboard.graph ?? fakeGraph(second ?? '', jobs);
    case 'batches':
      return second === undefined
        ? batchesOf(jobs, query)
        : named(
            fakeBatches(jobs).map((batch) => ({ ...batch, graphs: [dashboard.graph?.uuid ?? batch.uuid] })),
            ({ uuid }) => uuid,
          );
    case 'audit':
      return auditOf(query);
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
