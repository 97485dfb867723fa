import type { JobState } from '../../../job/job-state.js';
import type { QueueJobAttempt } from '../../../store/entities/queue-job-attempt.entity.js';
import type { JobRow } from '../../../store/jobs/job-store.js';
import type { TimelineEntry } from '../../api/jobs.api.js';

interface Moment {
  readonly state: JobState | 'eta';
  readonly at: Date | null;
  readonly retry: number | null;
  readonly node: number | null;
}

/** What happened to a job, in its order, as far as it is stored. */
export function timelineOf(
  row: JobRow,
  attempts: readonly QueueJobAttempt[],
  { hasParents }: { hasParents: boolean },
): TimelineEntry[] {
  const state = row.state as JobState;
  const retry = row.retry as number;
  const node = row.node as number | null;
  const here = { retry, node };
  const last = attempts.at(-1);
  const isAttempt = last?.retry === retry;
  const moments: Moment[] = [
    {
      state: hasParents ? 'wait_dependencies' : 'pending',
      at: row.date_created as Date,
      retry: null,
      node: null,
    },
    { state: 'eta', at: row.eta as Date | null, retry: null, node: null },
    ...attempts.flatMap((attempt): Moment[] => {
      const of = { retry: attempt.retry, node: attempt.node };
      const isLast = attempt === last && (state === 'failed' || state === 'cancelled');
      return [
        { state: 'started', at: attempt.dateStarted, ...of },
        { state: isLast ? state : 'pending', at: attempt.dateEnded, ...of },
      ];
    }),
    {
      state: 'enqueued',
      at: row.date_enqueued as Date | null,
      ...(isAttempt ? { retry, node: last.node } : here),
    },
    { state: 'started', at: isAttempt ? null : (row.date_started as Date | null), ...here },
    // A cancelled one has its attempt among the attempts.
    { state, at: isAttempt && state === 'cancelled' ? null : (row.date_done as Date | null), ...here },
  ];
  const known = moments
    .filter(
      (moment): moment is Moment & { at: Date } => moment.at !== null && !Number.isNaN(moment.at.getTime()),
    )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return known.map(({ at, ...moment }, i) => {
    const next = known[i + 1];
    return {
      ...moment,
      date: at.toISOString(),
      seconds: next === undefined ? null : (next.at.getTime() - at.getTime()) / 1000,
    };
  });
}
