import type { JobQuery } from '../../../api/jobs.api.js';
import { isJobState, type JobState } from '../../../../job/job-state.js';
import { pathTo } from '../../app/router.js';

/** What the list can be filtered by; the address of the page holds them under the same names. */
export const FILTER_KEYS = [
  'state',
  'name',
  'channel',
  'node',
  'priority',
  'user',
  'from',
  'to',
  'error',
  'failure',
  'search',
  'text',
  'arg',
  'value',
  'key',
  'message',
  'id',
  'graph',
  'batch',
] as const satisfies readonly (keyof JobQuery)[];

export type FilterKey = (typeof FILTER_KEYS)[number];
export type Filters = Readonly<Partial<Record<FilterKey, string>>>;

/** Of an address; what it doesn't know, it leaves out. */
export function readFilters(query: URLSearchParams): Filters {
  return Object.fromEntries(
    FILTER_KEYS.map((key) => [key, query.get(key) ?? ''] as const).filter(([, value]) => value !== ''),
  );
}

/** With one filter changed; an empty value takes it away. */
export function withFilter(filters: Filters, key: FilterKey, value: string): Filters {
  const { [key]: _, ...others } = filters;
  return value === '' ? others : { ...others, [key]: value };
}

export function statesOf(filters: Filters): readonly JobState[] {
  return (filters.state ?? '').split(',').filter(isJobState);
}

/** Where the list with these filters stands. */
export function jobsPath(filters: Filters): string {
  return pathTo('jobs', Object.fromEntries(FILTER_KEYS.map((key) => [key, filters[key]])));
}
