import { signal } from '@preact/signals';
import { keptValue, preference } from '../../app/preference.js';
import { FILTER_KEYS, type Filters, type ListView } from './filters.js';

/** Columns that can be chosen, in their order; the job itself and its state always stand. */
export const COLUMNS = [
  'function',
  'channel',
  'priority',
  'tries',
  'node',
  'user',
  'tags',
  'wait',
  'time',
  'eta',
  'created',
] as const;
export type ColumnId = (typeof COLUMNS)[number];

const isColumns = (value: unknown): value is readonly ColumnId[] =>
  Array.isArray(value) && value.every((one) => COLUMNS.some((id) => id === one));

export const chosenColumns = keptValue<readonly ColumnId[]>(
  'columns',
  ['channel', 'tries', 'time', 'created'],
  isColumns,
);

export const density = preference('density', ['normal', 'compact'], 'normal');

/** A list that somebody comes back to. */
export interface SavedView extends Partial<ListView> {
  readonly name: string;
  readonly filters: Filters;
}

const isViews = (value: unknown): value is readonly SavedView[] =>
  Array.isArray(value) &&
  value.every((one: unknown) => {
    const { name, filters } = (one ?? {}) as { name?: unknown; filters?: unknown };
    return (
      typeof name === 'string' &&
      typeof filters === 'object' &&
      filters !== null &&
      Object.keys(filters).every((key) => FILTER_KEYS.some((known) => known === key))
    );
  });

/** Those of this browser. */
export const ownViews = keptValue<readonly SavedView[]>('views', [], isViews);

/** Those that everybody has; their names are `view.<id>`. */
export const SHIPPED_VIEWS = [
  { id: 'failed', filters: { state: 'failed', since: '1h' } },
  { id: 'running', filters: { state: 'started' }, sort: 'running' },
  { id: 'waiting', filters: { state: 'pending', until: '10m' } },
  { id: 'scheduled', filters: { state: 'pending' }, sort: 'due' },
  { id: 'slowest', filters: { since: '1d' }, sort: 'slowest' },
] as const satisfies readonly ({ readonly id: string; readonly filters: Filters } & Partial<ListView>)[];

/** Which of the dialogs of the list is open. */
export const openDialog = signal<'views' | 'columns' | 'download' | null>(null);
