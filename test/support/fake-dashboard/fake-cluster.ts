import type {
  AuditEntry,
  BatchView,
  FailureGroup,
  GraphView,
  Metrics,
  NodeView,
  Overview,
  StateCounts,
} from '../../../lib/dashboard/api/cluster.api.js';
import type { ChannelLoad, ChannelView } from '../../../lib/dashboard/api/channels.api.js';
import type { FunctionView } from '../../../lib/dashboard/api/functions.api.js';
import type { JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import { JOB_STATES } from '../../../lib/job/job-state.js';
import { HOSTILE } from './fake-jobs.js';
import { Random } from './random.js';

const inState = (jobs: readonly JobSummary[], ...states: readonly string[]) =>
  jobs.filter(({ state }) => states.includes(state));

/** Jobs as they are, and as many done as a system has after a while. */
export function countsOf(jobs: readonly JobSummary[]): StateCounts {
  const count = (state: string) =>
    inState(jobs, state).length + (state === 'done' && jobs.length > 0 ? 1_284_310 : 0);
  return Object.fromEntries(
    JOB_STATES.map((state) => [state, { count: count(state), capped: state === 'done' && jobs.length > 0 }]),
  ) as Record<(typeof JOB_STATES)[number], StateCounts['done']>;
}

export function overviewOf(jobs: readonly JobSummary[], nodes: readonly NodeView[]): Overview {
  const oldest =
    inState(jobs, 'pending')
      .filter(({ eta }) => eta === null)
      .at(-1) ?? null;
  const alive = nodes.filter(({ state }) => state !== 'dead');
  return {
    counts: countsOf(jobs),
    oldestWaiting: oldest,
    oldestWait: oldest === null ? null : (Date.now() - Date.parse(oldest.dateCreated)) / 1_000,
    busiest: fakeChannels(jobs)
      .filter(({ name }) => name !== 'root')
      .map(({ name, running, waiting, capacity }, index) => ({
        channel: name,
        running,
        waiting,
        capacity,
        ended: 940 - index * 117,
      }))
      .slice(0, 8),
    nodes: {
      alive: alive.length,
      running: inState(jobs, 'started').length,
      concurrency: alive.reduce((sum, { concurrency }) => sum + concurrency, 0),
    },
    unknownNames: jobs.length === 0 ? [] : ['LegacyImport.run'],
    attention:
      jobs.length === 0
        ? []
        : [
            {
              kind: 'silent',
              node: 4,
              name: 'worker-4.internal:4711',
              since: new Date(Date.now() - 8_000).toISOString(),
            },
            { kind: 'failing', recent: 214, usual: 6 },
            {
              kind: 'paused',
              channel: 'root.reports',
              waiting: 1_204,
              by: { actor: 'ada@example.com', date: new Date(Date.now() - 5_400_000).toISOString() },
            },
            {
              kind: 'stopped',
              channel: 'root.erp',
              waiting: 38,
              uuid: jobs.find(({ state }) => state === 'failed')?.uuid ?? '',
            },
            {
              kind: 'overdue',
              schedule: 'ledger-close',
              since: new Date(Date.now() - 420_000).toISOString(),
            },
            {
              kind: 'paused-function',
              name: 'Images.resize',
              waiting: 12,
              actor: 'grace',
              since: new Date(Date.now() - 300_000).toISOString(),
            },
            { kind: 'unknown', name: 'LegacyImport.run' },
            { kind: 'unserved', channel: 'root.video', name: null },
            { kind: 'unserved', channel: 'root.mail', name: 'Images.resize' },
            ...(oldest === null ? [] : [{ kind: 'late' as const, uuid: oldest.uuid, seconds: 4_300 }]),
          ],
  };
}

export function fakeMetrics(range: Metrics['range']): Metrics {
  const random = new Random(range.length);
  const [step, points] = { hour: [60, 60], day: [900, 96], week: [3_600, 168] }[range] as [number, number];
  const end = Math.floor(Date.now() / 1_000 / step) * step;
  const times = Array.from({ length: points }, (_, index) => end - (points - 1 - index) * step);
  const wave = (size: number, noise: number) =>
    times.map((_, at) => Math.max(0, size * (1 + 0.55 * Math.sin(at / 7) + noise * (random.next() - 0.5))));
  const whole = (values: readonly number[]) => values.map(Math.round);
  const percentiles = (size: number) => {
    const p50 = wave(size, 0.5);
    const p95 = p50.map((value) => value * (2 + random.next()));
    return { p50, p95, p99: p95.map((value) => value * (1.2 + random.next())) };
  };
  return {
    range,
    step,
    times,
    done: whole(wave(step * 1.4, 0.7)),
    retried: whole(wave(step / 12, 1.6)),
    failed: whole(wave(step / 20, 2)),
    cancelled: whole(wave(step / 60, 2)),
    wait: percentiles(0.4),
    run: percentiles(1.8),
    depth: whole(wave(140, 0.4)).map((value, at) => (at < 3 ? null : value)),
  };
}

/** As the server's: a fingerprint of the error, and the name. */
export function failureIdOf({ name, excName }: JobSummary): string {
  return `${[...new TextEncoder().encode(excName ?? '')].map((one) => one.toString(16).padStart(2, '0')).join('')}:${name}`;
}

export function fakeFailures(jobs: readonly JobSummary[]): FailureGroup[] {
  const random = new Random(3);
  const groups = new Map<string, JobSummary[]>();
  for (const job of inState(jobs, 'failed')) {
    groups.set(failureIdOf(job), [...(groups.get(failureIdOf(job)) ?? []), job]);
  }
  const failed = [...groups].map(([id, [last, ...others]]) => ({
    id,
    name: last?.name ?? '',
    excName: last?.excName ?? 'Error',
    excMessage: last?.excMessage ?? '',
    count: 1 + others.length,
    retrying: 0,
    firstSeen: (others.at(-1) ?? last)?.dateDone ?? new Date().toISOString(),
    lastSeen: last?.dateDone ?? new Date().toISOString(),
    spark: Array.from({ length: 24 }, () => (random.next() < 0.4 ? 0 : random.below(12))),
    jobs: [last, ...others].flatMap((job) => job?.uuid ?? []).slice(0, 5),
    muted: null,
  }));
  const [first] = failed;
  // An outage whose jobs are all retried.
  const outage = {
    name: 'Payments.charge',
    excName: 'GatewayTimeoutError',
    excMessage: '504 of the gateway',
  };
  return first === undefined
    ? []
    : [...failed, { ...first, ...outage, id: 'ff:Payments.charge', count: 0, retrying: 214, jobs: [] }];
}

export function fakeChannels(jobs: readonly JobSummary[]): ChannelView[] {
  const names = ['root', ...new Set(jobs.map(({ channel }) => channel))].sort();
  return names.map((name, index) => {
    const below = jobs.filter(({ channel }) => channel === name || channel.startsWith(`${name}.`));
    const configured = index % 3 === 2 ? null : { capacity: 4 + index * 2 };
    return {
      name,
      capacity: name === 'root' ? null : (configured?.capacity ?? null),
      sequential: name === 'root.erp',
      throttle: name === 'root.payments' ? 2 : null,
      rate: name === 'root.payments' ? { limit: 100, per: 60 } : null,
      fair: name === 'root.mail',
      paused: false,
      removalInterval: null,
      running: inState(below, 'started').length,
      waiting: inState(below, 'pending', 'enqueued').length,
      failed: inState(below, 'failed').length,
      nextStart: null,
      configured,
      pausedAbove: null,
      pause: null,
      changed: name === 'root.reports' ? { paused: true } : {},
    };
  });
}

export function fakeFunctions(jobs: readonly JobSummary[]): FunctionView[] {
  return [...new Set(jobs.map(({ name }) => name))].sort().map((name, index) => {
    const own = jobs.filter((job) => job.name === name);
    const channel = own[0]?.channel ?? 'root';
    const retryPattern = index % 2 === 0 ? { 1: 10, 5: 60, 10: [300, 600] as const } : null;
    return {
      name,
      known: true,
      schedulable: false,
      channel,
      retryPattern,
      declared: { channel, retryPattern },
      changed: { channel: null, retryPattern: null },
      paused: null,
      waiting: inState(own, 'pending').length,
      running: inState(own, 'started').length,
      failed: inState(own, 'failed').length,
      ended: inState(own, 'done').length * 31,
      failedTries: inState(own, 'failed').length * 3,
      runP50: 0.2 + index / 3,
      runP95: 1.4 + index,
      runP99: 2.1 + index * 2,
      failureRate: inState(own, 'failed').length / Math.max(1, own.length),
      total: 300 + ((index * 977) % 4_000),
      share: (((index * 977) % 4_000) + 300) / 16_000,
    };
  });
}

export function fakeNodes(jobs: readonly JobSummary[]): NodeView[] {
  const states = ['alive', 'alive', 'draining', 'dead'] as const;
  return states.map((state, index) => ({
    id: index + 1,
    name: `worker-${index + 1}.eu-west:${2_417 + index}`,
    state,
    listens: index !== 1,
    version: '0.1.0',
    release: index === 2 ? '2.3.9' : '2.4.0',
    channels: index === 1 ? ['root.mail', 'root.pdf'] : null,
    functions: [...new Set(jobs.map((job) => job.name))].sort(),
    dateStarted: new Date(Date.now() - 86_400_000).toISOString(),
    dateSeen: new Date(Date.now() - (state === 'dead' ? 600_000 : 2_000)).toISOString(),
    dateEnded: null,
    concurrency: 10,
    running: inState(jobs, 'started').filter(({ node }) => node === index + 1),
    memory: 180_000_000 + index * 24_000_000,
    cpu: 0.22 * (index + 1),
  }));
}

/** Layers of jobs, each bound to two of the layer above. */
export function fakeGraph(uuid: string, jobs: readonly JobSummary[]): GraphView {
  const nodes = jobs.slice(0, 60).map(({ uuid: job, name, description, state, progress }) => ({
    uuid: job,
    name,
    description: description.slice(0, 120),
    state,
    progress,
    waitingFor: [],
  }));
  const edges = nodes.flatMap((_, at) =>
    at === 0 ? [] : ([[Math.floor((at - 1) / 3), at]] as [number, number][]),
  );
  const counts = Object.fromEntries(
    JOB_STATES.map((state) => [state, nodes.filter((node) => node.state === state).length]),
  ) as GraphView['counts'];
  return { uuid, nodes, edges, counts, batches: [], cut: 0 };
}

export function fakeBatches(jobs: readonly JobSummary[]): BatchView[] {
  const counts = fakeGraph('', jobs).counts;
  const view = (state: BatchView['state'], index: number): BatchView => ({
    uuid: new Random(index + 90).uuid(),
    name: ['Invoices of May', 'Import of the catalogue', HOSTILE[0]][index] ?? 'Batch',
    state,
    counts,
    total: 60,
    completeness: counts.done / 60,
    failedPercentage: (counts.failed / 60) * 100,
    dateCreated: new Date(Date.now() - 3_600_000 * (index + 1)).toISOString(),
    dateEnded: state === 'ended' ? new Date().toISOString() : null,
  });
  return jobs.length === 0 ? [] : [view('open', 0), view('closed', 1), view('ended', 2)];
}

export function fakeAudit(): AuditEntry[] {
  const what = [
    ['jobs.requeue', 'state=failed&name=ErpSync.pushOrder'],
    ['channels.change', 'root.reports'],
    ['functions.change', 'Images.resize'],
    ['nodes.drain', '3'],
    ['jobs.cancel', HOSTILE[2]],
    ['jobs.done', '0197a1b2-0000-7000-a000-00000000beef'],
    ['jobs.delete', '12 jobs'],
  ] as const;
  return what.map(([action, target], index) => ({
    id: String(40 - index),
    date: new Date(Date.now() - index * 700_000).toISOString(),
    actor: ['ada', HOSTILE[0], 'grace', 'unknown'][index] ?? 'ada',
    action,
    target,
    details: { changed: 12 * index, asked: { paused: true, note: HOSTILE[1] } },
  }));
}

export function fakeLoad(
  channel: string,
  jobs: readonly JobSummary[],
  nodes: readonly NodeView[],
): ChannelLoad {
  const below = jobs.filter((job) => job.channel === channel || job.channel.startsWith(`${channel}.`));
  const names = [...new Set(below.map(({ name }) => name))];
  const oldest = inState(below, 'pending').findLast(({ eta }) => eta === null);
  const functions = names.map((name, at) => {
    const own = below.filter((job) => job.name === name);
    return {
      name,
      waiting: inState(own, 'pending', 'enqueued').length,
      running: inState(own, 'started').length,
      failed: inState(own, 'failed').length,
      ended: inState(own, 'done').length * 3,
      total: 900 / (at + 1),
      share: 1 / names.length,
    };
  });
  return {
    ended: inState(below, 'done').length * 3,
    perMinute: 4.2,
    wait: { p50: 1.4, p95: 84, p99: 410 },
    oldest:
      oldest === undefined
        ? null
        : { uuid: oldest.uuid, seconds: (Date.now() - Date.parse(oldest.dateCreated)) / 1_000 },
    secondsToEmpty: (inState(below, 'pending', 'enqueued').length / 4.2) * 60,
    nodes: nodes.filter(({ state }) => state !== 'dead').map(({ id, name }) => ({ id, name })),
    functions,
    changes: [
      {
        id: '7',
        date: new Date(Date.now() - 300_000).toISOString(),
        actor: 'ada@example.com',
        action: 'channels.change',
        target: channel,
        details: { change: { capacity: 4, paused: false }, ended: true },
      },
      {
        id: '3',
        date: new Date(Date.now() - 86_400_000).toISOString(),
        actor: 'grace',
        action: 'channels.reset',
        target: channel,
        details: {},
      },
    ],
  };
}
