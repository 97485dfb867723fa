import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { SharedRead } from '../../common/shared-read.js';
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
  /** One query for all who ask at once, or within 15 s of each other. */
  private readonly levels: SharedRead<readonly MetricSample[]>;
  private readonly bounds: Record<'jobs' | 'channels' | 'schedules', SeriesBound>;
  private readonly tags: ReadonlySet<string>;
  private stop: (() => void) | undefined;
  private lost: { unsubscribe(): void } | undefined;

  constructor(
    private readonly store: Store,
    private readonly metrics: JobMetrics | undefined,
  ) {
    const snapshots = new SnapshotStore(store.database, store.tables);
    this.levels = new SharedRead(async () => samplesOf(await snapshots.read(), this.bounds), FRESH_MS);
    const most = metrics?.maxSeries ?? 500;
    this.tags = new Set(metrics?.tags);
    const bound = (): SeriesBound => new SeriesBound(most);
    this.bounds = { jobs: bound(), channels: bound(), schedules: bound() };
  }

  onApplicationBootstrap(): void {
    const { metrics } = this;
    if (metrics === undefined) return;
    this.stop = metrics.start({ read: async () => this.levels.get() });
    this.lost = this.store.notifier.lost.subscribe(() =>
      this.record({ metric: 'lostNotifications', labels: {}, value: 1 }),
    );
  }

  onApplicationShutdown(): void {
    this.lost?.unsubscribe();
    this.stop?.();
    this.stop = undefined;
  }

  readonly attemptEnded: AttemptMeter = (outcome, channel, name, tags, wait, run) => {
    const labels = this.bounds.jobs.labelsOf(channel, name);
    this.record({ metric: 'attempts', labels: { ...labels, outcome }, value: 1 });
    if (wait !== undefined) this.record({ metric: 'wait', labels, value: wait });
    if (run !== undefined) this.record({ metric: 'run', labels, value: run });
    if (tags === null || this.tags.size === 0) return;
    for (const tag of tags) {
      if (!this.tags.has(tag)) continue;
      this.record({ metric: 'taggedAttempts', labels: { tag, outcome }, value: 1 });
      if (wait !== undefined) this.record({ metric: 'taggedWait', labels: { tag }, value: wait });
      if (run !== undefined) this.record({ metric: 'taggedRun', labels: { tag }, value: run });
    }
  };

  /** The application's object: what it throws must not end a round trip of the node. */
  private record(event: MetricEvent): void {
    try {
      this.metrics?.record(event);
    } catch {
      // A figure is lost, a job never.
    }
  }
}
