import type { JobState } from '../../job/job-state.js';
import type { JobFilter } from './job-filter.js';
import type { Tables } from '../connection/tables.js';
import type { Bind, SearchFilter } from './job-where.js';
import { Phase } from './phase.js';
import { uuidsBeginning } from './text-filter.js';
import { uuidFrom } from './uuid-time.js';

/** Where jobs of a filter are: rows that an index finds in the order of the uuids, or that are few. */
export interface JobPlace {
  readonly rows: string;
  /** The column that ended jobs don't have. */
  readonly cancelBy: string;
  /** Conditions on a job `j`. */
  readonly base: readonly string[];
}

const ENDED: readonly JobState[] = ['done', 'cancelled'];
const AT_A_NODE: readonly JobState[] = ['enqueued', 'started'];

/** The tables, or the parts of them, that a filter leaves. */
export function jobPlaces(filter: SearchFilter, t: Tables, bind: Bind): JobPlace[] {
  const states = filter.state === undefined ? undefined : [filter.state].flat();
  const only = (some: readonly JobState[]): boolean =>
    states?.every((state) => some.includes(state)) ?? false;
  const base: string[] = [];
  if (filter.uuids !== undefined) base.push(`j.uuid = ANY(${bind(filter.uuids)})`);
  if (filter.batchUuid !== undefined) base.push(`j.batch_uuid = ${bind(filter.batchUuid)}`);
  if (filter.createdFrom !== undefined) base.push(`j.uuid >= ${bind(uuidFrom(filter.createdFrom))}`);
  if (filter.id !== undefined) {
    const [first, last] = uuidsBeginning(filter.id);
    base.push(`j.uuid >= ${bind(first)}`, `j.uuid <= ${bind(last)}`);
  }
  const graph = filter.graphUuid === undefined ? undefined : bind(filter.graphUuid);
  // Of a graph all rows are read, and sorted: by the order of the uuids the whole table might have to be.
  const rowsOf = (table: string): string =>
    graph === undefined ? table : `(SELECT * FROM ${table} g WHERE g.graph_uuid = ${graph} OFFSET 0)`;
  if (filter.failure !== undefined) {
    if (graph !== undefined) base.push(`j.graph_uuid = ${graph}`);
    return [{ rows: failuresOf(filter.failure, t, bind), cancelBy: 'j.cancel_by', base: [...base, 'true'] }];
  }
  const live: string[] = [];
  if (only(['failed'])) live.push(`j.phase = ${Phase.failed}`);
  if (only(['wait_dependencies'])) live.push(`j.phase = ${Phase.parents}`);
  if (only(AT_A_NODE)) live.push(`j.uuid = ANY(ARRAY(SELECT unnest(c.jobs) FROM ${t.claim} c))`);
  const places = [
    { rows: rowsOf(t.job), cancelBy: 'j.cancel_by', base: [...base, ...live, 'true'], isEmpty: only(ENDED) },
    {
      rows: rowsOf(t.history),
      cancelBy: 'NULL',
      base: [...base, ...(only(['cancelled']) ? [`j.state = 'cancelled'`] : []), 'true'],
      isEmpty: states !== undefined && !states.some((state) => ENDED.includes(state)),
    },
  ];
  // No state at all: one of the two is enough to find nothing in.
  const left = places.filter(({ isEmpty }) => !isEmpty);
  return left.length > 0 ? left : places.slice(1);
}

/** The index of the failed finds a whole group; by the order of the uuids, the table would have to be gone through. */
function failuresOf({ name, fingerprint }: NonNullable<JobFilter['failure']>, t: Tables, bind: Bind): string {
  const kind = fingerprint === '' ? 'IS NULL' : `= ${bind(fingerprint)}`;
  return `(SELECT * FROM ${t.job} g WHERE g.phase = ${Phase.failed} AND g.name = ${bind(name)} AND g.exc_fingerprint ${kind} OFFSET 0)`;
}
