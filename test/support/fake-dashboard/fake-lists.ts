import type { JobPage, JobQuery, JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import type { JobGroupName, JobGroupPage } from '../../../lib/dashboard/api/lists.api.js';
import { failureIdOf, fakeAudit, fakeBatches } from './fake-cluster.js';

/** 50 a page; a search in arguments looks at 100 rows at a time, as one that no index helps. */
export function pageOf(jobs: readonly JobSummary[], query: URLSearchParams): JobPage {
  const limit = Number(query.get('limit') ?? 50);
  if (query.get('sort') === 'slowest') {
    const slowest = jobs.filter((job) => fits(job, query) && job.execTime !== null);
    return {
      jobs: slowest.toSorted((a, b) => (b.execTime ?? 0) - (a.execTime ?? 0)).slice(0, limit),
      next: null,
      searchedTo: null,
    };
  }
  const from = Number(query.get('cursor') ?? 0);
  const isSearch = query.has('arg') || query.has('search');
  const bounded = isSearch ? jobs.slice(0, from + 100) : jobs;
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

export function countOf(jobs: readonly JobSummary[], query: URLSearchParams) {
  const count = jobs.filter((job) => fits(job, query)).length;
  const most = query.get('exact') === 'true' ? Infinity : 10_000;
  return { count: Math.min(count, most), capped: count > most, at: new Date().toISOString() };
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const KEYS: Readonly<Record<JobGroupName, (job: JobSummary) => readonly (string | null)[]>> = {
  state: ({ state }) => [state],
  channel: ({ channel }) => [channel],
  name: ({ name }) => [name],
  error: ({ excName }) => [excName],
  user: ({ userId }) => [userId],
  tag: ({ tags }) => tags,
  hour: ({ dateCreated }) => [`${dateCreated.slice(0, 13)}:00:00Z`],
};

export function groupsOf(jobs: readonly JobSummary[], query: URLSearchParams): JobGroupPage {
  const counts = new Map<string | null, number>();
  for (const key of jobs.filter((job) => fits(job, query)).flatMap(KEYS[query.get('by') as JobGroupName]))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  const groups = [...counts].map(([key, count]) => ({ key, count }));
  return { groups: groups.toSorted((a, b) => b.count - a.count), others: 0, countedTo: null };
}

/** Whether a job is among those that a filter asks for. */
export function fits(job: JobSummary, query: URLSearchParams): boolean {
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
    one('failure', (value) => failureIdOf(job) === value) &&
    one('batch', (value) => job.batchUuid === value) &&
    one('tag', (value) => job.tags.includes(value)) &&
    one(
      'since',
      (value) =>
        job.dateCreated >=
        new Date(Date.now() - Number.parseInt(value, 10) * (UNITS[value.slice(-1)] ?? 0)).toISOString(),
    ) &&
    one('text', (value) => job.description.toLowerCase().includes(value.toLowerCase())) &&
    one('arg', (value) => job.description.includes(value.slice(value.indexOf('=') + 1))) &&
    one('search', (value) => `${job.uuid} ${job.description}`.toLowerCase().includes(value.toLowerCase())) &&
    one('value', (value) => job.description.includes(value)) &&
    one('id', (value) => job.uuid.startsWith(value)) &&
    one('message', (value) => (job.excMessage ?? '').includes(value)) &&
    one('from', (value) => job.dateCreated >= value) &&
    one('to', (value) => job.dateCreated < value)
  );
}

/** Two a page. */
export function batchesOf(jobs: readonly JobSummary[], query: URLSearchParams) {
  const from = Number(query.get('cursor') ?? 0);
  const fitting = fakeBatches(jobs).filter(({ state }) => (query.get('state') ?? state) === state);
  return {
    batches: fitting.slice(from, from + 2),
    next: from + 2 < fitting.length ? String(from + 2) : null,
  };
}

/** Five a page. */
export function auditOf(query: URLSearchParams) {
  const from = Number(query.get('cursor') ?? 0);
  const given = (name: string) => query.get(name);
  const entries = fakeAudit().filter(
    ({ actor, action, target }) =>
      (given('actor') ?? actor) === actor &&
      (given('target') ?? target) === target &&
      (given('action') === null || action === given('action') || action.startsWith(`${given('action')}.`)),
  );
  return {
    entries: entries.slice(from, from + 5),
    next: from + 5 < entries.length ? String(from + 5) : null,
  };
}
