import type { FailureGroup } from '../../../lib/dashboard/api/cluster.api.js';
import type { FailureDetail, MuteRequest, WatchedJobs } from '../../../lib/dashboard/api/failures.api.js';
import type { JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import { JOB_STATES, type JobState } from '../../../lib/job/job-state.js';
import { failureIdOf, fakeFailures } from './fake-cluster.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { found } from './fake-problem.js';
import { Random } from './random.js';

const HOUR_MS = 3_600_000;

/** Groups of failures, one of them from near, muted ones, and jobs that are watched. */
export function failuresOf(
  dashboard: FakeDashboard,
  what: string | undefined,
  query: URLSearchParams,
  body: string,
): unknown {
  switch (what) {
    case 'group':
      return detailOf(dashboard, query.get('id') ?? '', query.get('range') === 'week' ? 'week' : 'day');
    case 'mute': {
      const { id, hours } = JSON.parse(body) as MuteRequest;
      const until = hours === null ? null : new Date(Date.now() + hours * HOUR_MS).toISOString();
      dashboard.mutes.set(id, { actor: 'ada', date: new Date().toISOString(), until });
      return groupsOf(dashboard);
    }
    case 'unmute':
      dashboard.mutes.delete((JSON.parse(body) as { id: string }).id);
      return groupsOf(dashboard);
    case 'watch':
      return watched(dashboard.jobs, (JSON.parse(body) as { uuids: string[] }).uuids);
    case undefined:
    default:
      return groupsOf(dashboard);
  }
}

function groupsOf({ jobs, mutes }: FakeDashboard): FailureGroup[] {
  const all = fakeFailures(jobs).map((group) => ({ ...group, muted: mutes.get(group.id) ?? null }));
  return [...all.filter(({ muted }) => muted === null), ...all.filter(({ muted }) => muted !== null)];
}

function detailOf(dashboard: FakeDashboard, id: string, range: FailureDetail['range']): FailureDetail {
  // A group that has no failed job left is known by its attempts.
  const group = groupsOf(dashboard).find((one) => one.id === id) ?? dashboard.pastFailures.get(id);
  const known = found(group);
  dashboard.pastFailures.set(id, { ...known, count: 0, retrying: 0 });
  const random = new Random(11);
  const length = range === 'day' ? 24 : 168;
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const hours = Array.from({ length }, (_, at) => new Date(now - (length - 1 - at) * HOUR_MS).toISOString());
  const counts = (size: number) => hours.map((_, at) => (at % 5 === 0 ? 0 : random.below(size)));
  const failed = dashboard.jobs.filter((job) => job.state === 'failed' && failureIdOf(job) === id);
  return {
    ...known,
    range,
    hours,
    byNode: [
      { node: 2, counts: counts(14) },
      { node: 1, counts: counts(6) },
      { node: null, counts: counts(3) },
    ],
    byRelease: [
      { release: '2.4.0', counts: counts(16) },
      { release: null, counts: counts(4) },
    ],
    releases: [{ release: '2.4.0', date: new Date(now - 6 * HOUR_MS + 1_000).toISOString() }],
    error: {
      name: known.excName,
      message: known.excMessage,
      frames: [
        { text: 'at Mailer.send (/srv/app/src/mail/mailer.service.ts:88:13)', own: true },
        {
          text: 'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
          own: false,
        },
      ],
      causes: [],
      cut: false,
    },
    samples: failed.slice(0, 3).map(({ uuid }, at) => ({
      uuid,
      args: [{ t: 'record', type: 'Object', entries: [['order', { t: 'number', v: String(4711 + at) }]] }],
    })),
    failed: failed.map(({ uuid }) => uuid).slice(0, 1_000),
  };
}

function watched(jobs: readonly JobSummary[], uuids: readonly string[]): WatchedJobs {
  const those = jobs.filter(({ uuid }) => uuids.includes(uuid));
  const counts = Object.fromEntries(
    JOB_STATES.map((state) => [state, those.filter((job) => job.state === state).length]),
  ) as Record<JobState, number>;
  const failed = those.filter(({ state }) => state === 'failed').map(({ uuid }) => uuid);
  return { counts, gone: uuids.length - those.length, failed };
}
