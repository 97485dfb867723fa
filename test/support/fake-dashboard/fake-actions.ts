import type {
  ActionProgress,
  ActionRequest,
  JobActionName,
  JobSettings,
  UnchangedJobs,
} from '../../../lib/dashboard/api/actions.api.js';
import type { JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import type { JobState } from '../../../lib/job/job-state.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { actionsOf } from './fake-jobs.js';
import { fits } from './fake-lists.js';
import { FakeProblem } from './fake-problem.js';

const BATCH = 500;
const BECOMES: Readonly<Record<Exclude<JobActionName, 'delete' | 'update'>, JobState>> = {
  run: 'pending',
  requeue: 'pending',
  cancel: 'cancelled',
  done: 'done',
};

/** Does what is asked batch by batch, after each as long a rest as the test wants. */
export function act(
  dashboard: FakeDashboard,
  action: JobActionName,
  request: ActionRequest,
): AsyncGenerator<ActionProgress> {
  const chosen = chosenOf(dashboard, request);
  if ('filter' in request && chosen.length > request.expected) {
    throw new FakeProblem(409, 'More jobs match by now', 'Count them again.', { count: chosen.length });
  }
  if (request.set?.channel?.includes('!') === true) {
    const message = 'must be a name such as root.mail';
    throw new FakeProblem(400, 'Bad Request', message, { errors: [{ path: 'set.channel', message }] });
  }
  return run(dashboard, action, chosen, request.set);
}

function chosenOf(dashboard: FakeDashboard, request: ActionRequest): readonly string[] {
  if ('uuids' in request) {
    return request.uuids;
  }
  const query = new URLSearchParams({ ...request.filter } as Record<string, string>);
  return dashboard.jobs.filter((job) => fits(job, query)).map(({ uuid }) => uuid);
}

async function* run(
  dashboard: FakeDashboard,
  action: JobActionName,
  chosen: readonly string[],
  set: JobSettings | undefined,
): AsyncGenerator<ActionProgress> {
  let changed = 0;
  const kept: (JobSummary | null)[] = [];
  const progress = (seen: number, ended: boolean) => ({
    total: chosen.length,
    seen,
    changed,
    unchanged: reasonsOf(kept),
    ended,
  });
  for (let at = 0; at < chosen.length; at += BATCH) {
    const uuids = new Set(chosen.slice(at, at + BATCH));
    const jobs = dashboard.jobs.filter(({ uuid }) => uuids.has(uuid));
    const allowed = new Set(jobs.filter((job) => job.actions.includes(action)));
    kept.push(
      ...jobs.filter((job) => !allowed.has(job)),
      ...Array.from({ length: uuids.size - jobs.length }, () => null),
    );
    changed += allowed.size;
    dashboard.jobs =
      action === 'delete'
        ? dashboard.jobs.filter((job) => !allowed.has(job))
        : dashboard.jobs.map((job) =>
            allowed.has(job)
              ? action === 'update'
                ? updated(job, set ?? {})
                : becoming(job, BECOMES[action])
              : job,
          );
    yield progress(Math.min(at + BATCH, chosen.length), false);
    await dashboard.rest();
  }
  dashboard.pulse();
  yield progress(chosen.length, true);
}

const becoming = (job: JobSummary, state: JobState): JobSummary => ({
  ...job,
  state,
  eta: null,
  actions: actionsOf(state),
});

const UNITS: Readonly<Record<string, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** Of `2 hours`, as the page sends it. */
const millisOf = (eta: string): number => Number.parseFloat(eta) * (UNITS[eta.split(' ')[1] ?? ''] ?? 0);

const updated = (job: JobSummary, { eta, ...set }: JobSettings): JobSummary => ({
  ...job,
  ...set,
  ...(eta !== undefined && { eta: new Date(Date.now() + millisOf(eta)).toISOString() }),
});

function reasonsOf(kept: readonly (JobSummary | null)[]): UnchangedJobs[] {
  return [...new Set(kept.map((job) => job?.state ?? null))].map((state) => {
    const of = kept.filter((job) => (job?.state ?? null) === state);
    return {
      reason: state === null ? 'gone' : state === 'started' || state === 'enqueued' ? 'running' : 'state',
      state,
      count: of.length,
      uuids: of.slice(0, 3).flatMap((job) => (job === null ? [] : [job.uuid])),
    };
  });
}
