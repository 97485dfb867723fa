import type { JobQuery } from '../../../api/jobs.api.js';
import type { JobGroupName, JobSortName } from '../../../api/lists.api.js';
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
  'tag',
  'from',
  'to',
  'since',
  'until',
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

/** In which order the list stands, or by what its jobs are counted instead. */
export interface ListView {
  readonly sort: JobSortName;
  readonly group: JobGroupName | null;
}

export const SORTS = ['newest', 'due', 'running', 'slowest'] as const satisfies readonly JobSortName[];
export const GROUPS = [
  'channel',
  'name',
  'error',
  'user',
  'tag',
  'hour',
] as const satisfies readonly JobGroupName[];

export function readView(query: URLSearchParams): ListView {
  return {
    sort: SORTS.find((sort) => sort === query.get('sort')) ?? 'newest',
    group: GROUPS.find((group) => group === query.get('group')) ?? null,
  };
}

/** Where the list with these filters stands. */
export function jobsPath(
  filters: Filters,
  { sort = 'newest', group = null }: Partial<ListView> = {},
): string {
  return pathTo('jobs', {
    ...Object.fromEntries(FILTER_KEYS.map((key) => [key, filters[key]])),
    sort: sort === 'newest' ? undefined : sort,
    group: group ?? undefined,
  });
}
