import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { JobMetrics, MetricEvent, MetricSample } from '../../job/job-metrics.js';
import type { AttemptMeter } from '../../runner/reporting/stats-recorder.js';
import { SnapshotStore } from '../../store/stats/snapshot-store.js';
import type { Store } from '../../store/store.js';
import { samplesOf } from './samples-of.js';
import { SeriesBound } from './series-bound.js';

/** A look at the levels is good for this long, in milliseconds: scrapes that come sooner share it. */
const FRESH_MS = 15_000;

/** Gives the module option `metrics` its levels, from the start of the application to its end. */
export class MetricsReporter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly snapshots: SnapshotStore;
  private readonly bounds: Record<'jobs' | 'channels' | 'schedules', SeriesBound>;
  private latest: Promise<readonly MetricSample[]> | null = null;
  private at = 0;
  private stop: (() => void) | undefined;
  private lost: { unsubscribe(): void } | undefined;

  constructor(
    private readonly store: Store,
    private readonly metrics: JobMetrics | undefined,
  ) {
    this.snapshots = new SnapshotStore(store.database, store.tables);
    const most = metrics?.maxSeries ?? 500;
    const bound = (): SeriesBound => new SeriesBound(most);
    this.bounds = { jobs: bound(), channels: bound(), schedules: bound() };
  }

  onApplicationBootstrap(): void {
    const { metrics } = this;
    if (metrics === undefined) return;
    this.stop = metrics.start({ read: async () => this.read() });
    this.lost = this.store.notifier.lost.subscribe(() =>
      this.record({ metric: 'lostNotifications', labels: {}, value: 1 }),
    );
  }

  onApplicationShutdown(): void {
    this.lost?.unsubscribe();
    this.stop?.();
    this.stop = undefined;
  }

  readonly attemptEnded: AttemptMeter = (outcome, channel, name, wait, run) => {
    const labels = this.bounds.jobs.labelsOf(channel, name);
    this.record({ metric: 'attempts', labels: { ...labels, outcome }, value: 1 });
    if (wait !== undefined) this.record({ metric: 'wait', labels, value: wait });
    if (run !== undefined) this.record({ metric: 'run', labels, value: run });
  };

  /** The application's object: what it throws must not end a round trip of the node. */
  private record(event: MetricEvent): void {
    try {
      this.metrics?.record(event);
    } catch {
      // A figure is lost, a job never.
    }
  }

  /** One query for all who ask at once, or within 15 s of each other. */
  private async read(): Promise<readonly MetricSample[]> {
    if (this.latest === null || performance.now() - this.at > FRESH_MS) {
      const reading = this.snapshots.read().then((snapshot) => samplesOf(snapshot, this.bounds));
      this.latest = reading;
      this.at = Infinity;
      reading.then(
        () => (this.at = performance.now()),
        () => (this.latest = null),
      );
    }
    return this.latest;
  }
}
