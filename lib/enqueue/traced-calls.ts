import type { JobTracing } from '../job/job-tracing.js';
import type { NewJob } from '../store/insert/new-job.js';
import type { JobDraft } from './job-draft.js';

/** Calls `store` within the span of the call, or simply calls it if nobody traces. */
export async function traced<T>(
  tracing: JobTracing | undefined,
  drafts: readonly { readonly job: Pick<NewJob, 'name' | 'channel' | 'uuid'> }[],
  store: (trace: string | null) => Promise<T>,
): Promise<T> {
  const job = drafts[0]?.job;
  if (tracing === undefined || job === undefined) return store(null);
  const { name, channel, uuid } = job;
  const count = drafts.length;
  return tracing.enqueue({ name, channel, count, uuid: count === 1 ? uuid : undefined }, store);
}

/** The draft as it is stored by a traced call. */
export function withTrace(draft: JobDraft, trace: string | null): JobDraft {
  return trace === null ? draft : { ...draft, job: { ...draft.job, trace } };
}
