import type { JobSummary } from '../../lib/dashboard/api/jobs.api.js';
import type { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { countsOf } from '../support/fake-dashboard/fake-cluster.js';
import { actionsOf, fakeJob, fakeJobs } from '../support/fake-dashboard/fake-jobs.js';
import { FakeSchedules } from '../support/fake-dashboard/fake-schedules.js';
import { FakeSettings } from '../support/fake-dashboard/fake-settings.js';
import { wideGraph } from '../support/fake-dashboard/fake-graph.js';
import { Random } from '../support/fake-dashboard/random.js';

/** Between two steps of its life, in milliseconds. */
const STEP = 1_200;
const MOST = 600;

/** What only a server needs. */
type OfServer = 'start' | 'stop' | 'mount' | 'broken' | 'change';

/** What the recorded answers are given of: jobs that come, run and end, in a browser's tab. */
export class DemoQueue implements Omit<FakeDashboard, OfServer> {
  jobs: JobSummary[] = fakeJobs(400).filter(({ description }) => /^[A-Z][\w “]/.test(description));
  readonly about: FakeDashboard['about'] = {
    version: 'demo',
    rights: {
      requeue: true,
      update: true,
      cancel: true,
      done: true,
      delete: true,
      channels: true,
      functions: true,
      schedules: true,
      nodes: true,
      audit: true,
    },
    csrf: null,
    title: 'Demo shop',
  };
  readonly details = new Map();
  waits: FakeDashboard['waits'] = {};
  readonly logs = new Map();
  readonly relatedAction = null;
  readonly graph = wideGraph(300, 4);
  readonly settings = new FakeSettings();
  readonly schedules = new FakeSchedules();
  readonly mutes: FakeDashboard['mutes'] = new Map();
  readonly pastFailures: FakeDashboard['pastFailures'] = new Map();
  readonly asked: string[] = [];
  readonly rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
  private readonly random = new Random(Date.now() % 1_000);
  private readonly listeners = new Set<() => void>();
  private version = 0;

  start(): void {
    setInterval(() => this.live(), STEP);
  }

  /** @returns what ends it */
  listen(run: () => void): () => void {
    this.listeners.add(run);
    return () => this.listeners.delete(run);
  }

  pulse(): void {
    this.version += 1;
    for (const run of this.listeners) run();
  }

  pulseData(): object {
    return { counts: countsOf(this.jobs), version: String(this.version) };
  }

  /** One step: some that run end, some that wait begin, and one comes. */
  private live(): void {
    const now = new Date().toISOString();
    const move = (from: JobSummary['state'], most: number, change: () => Partial<JobSummary>): void => {
      const some = this.jobs.filter(({ state, eta }) => state === from && eta === null).slice(-most);
      const chosen = new Set(some.map(({ uuid }) => uuid));
      this.jobs = this.jobs.map((job) => {
        if (!chosen.has(job.uuid)) return job;
        const next = { ...job, ...change() };
        return { ...next, actions: actionsOf(next.state) };
      });
    };
    move('started', 2, () =>
      this.random.next() < 0.06
        ? { state: 'failed', dateDone: now, excName: 'TimeoutError', excMessage: 'No answer within 30 s' }
        : { state: 'done', dateDone: now, execTime: 0.1 + this.random.next() * 3, progress: null },
    );
    move('pending', 2, () => ({
      state: 'started',
      retry: 1,
      node: 1 + this.random.below(3),
      dateStarted: now,
      progress: { done: 20, total: 100 },
    }));
    const fresh = Array.from({ length: 1 + this.random.below(3) }, () =>
      fakeJob(this.random, 0, { state: 'pending', eta: null }),
    );
    this.jobs = [...fresh, ...this.jobs].slice(0, MOST);
    this.pulse();
  }
}
