import { useMemo } from 'preact/hooks';
import type { JobState } from '../../../../job/job-state.js';
import { useApp } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import type { JobRow } from './job-list.js';

/** Reasons that the list says; what only takes its time needs no word. */
const SAID = [
  'paused',
  'full',
  'throttle',
  'rate',
  'sequential',
  'noNode',
  'unknownName',
  'unserved',
  'functionPaused',
  'held',
  'parents',
] as const;
export type SaidReason = (typeof SAID)[number];

const WAITING: readonly JobState[] = ['wait_dependencies', 'pending'];
const MOST = 200;

/** Of those of the rows that wait, in a word what holds them, by uuid. */
export function useWaits(rows: readonly JobRow[]): ReadonlyMap<string, SaidReason> {
  const { api } = useApp();
  const uuids = rows.flatMap(({ job }) => (WAITING.includes(job.state) ? [job.uuid] : [])).slice(0, MOST);
  const { data } = useResource(
    `waits:${uuids.join(',')}`,
    async (signal) => (uuids.length === 0 ? null : api.jobWaits(uuids, signal)),
    { live: 5_000 },
  );
  return useMemo(() => {
    const waits = Object.entries(data?.waits ?? {});
    return new Map(
      waits.flatMap(([uuid, { reasons }]) => {
        const held = reasons.find(({ kind, failed }) => kind !== 'parents' || failed !== undefined);
        const said = SAID.find((kind) => kind === held?.kind);
        return said === undefined ? [] : [[uuid, said] as const];
      }),
    );
  }, [data]);
}
