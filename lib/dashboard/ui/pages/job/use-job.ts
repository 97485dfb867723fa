import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { JobDetail, JobSummary } from '../../../api/jobs.api.js';
import { useApp } from '../../app/app-context.js';
import { useLiveReload, useResource, type Resource } from '../../app/resource.js';

/** What changes with a step in the life of a job; its progress does not. */
const stepOf = ({ state, retry, dateStarted, dateDone, eta, cancelling }: JobSummary) =>
  [state, retry, dateStarted, dateDone, eta, cancelling].join(' ');

/** A job, kept up to date: what the stream of events tells at once, the whole of it after each step. */
export function useJob(uuid: string): Resource<JobDetail> & { readonly lastLog: string | null } {
  const { api, live } = useApp();
  const resource = useResource(`job:${uuid}`, (signal) => api.job(uuid, signal));
  const { data } = resource;
  useEffect(() => live.watch(uuid), [live, uuid]);
  const said = live.job.value;
  const event = said?.job.uuid === uuid ? said : null;

  // What was said before the data came is older than the data.
  const before = useMemo(() => live.job.peek(), [data]);
  const step = event === null ? null : stepOf(event.job);
  const shown = useRef<string | null>(null);
  shown.current = data === undefined ? null : stepOf(data);
  useEffect(() => {
    if (step !== null && shown.current !== null && step !== shown.current) {
      resource.reload();
    }
  }, [step]);
  const related = data !== undefined && data.parents.length + data.children.length > 0;
  useLiveReload(live, related ? 3_000 : undefined, resource.reload);

  const merged = data === undefined || event === null || said === before ? data : { ...data, ...event.job };
  return {
    ...resource,
    // Its node stays known after its end; the row of a list doesn't say.
    data: merged === undefined ? undefined : { ...merged, node: merged.node ?? data?.node ?? null },
    lastLog: event?.lastLog ?? null,
  };
}
