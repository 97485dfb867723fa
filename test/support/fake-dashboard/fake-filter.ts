import type { JobQuery, JobSummary } from '../../../lib/dashboard/api/jobs.api.js';

/** Is thrown to be answered as a problem. */
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
    one('text', (value) => job.description.toLowerCase().includes(value.toLowerCase())) &&
    one('arg', (value) => job.description.includes(value.slice(value.indexOf('=') + 1))) &&
    one('from', (value) => job.dateCreated >= value) &&
    one('to', (value) => job.dateCreated < value)
  );
}
