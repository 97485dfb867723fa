import type { MetricKey, MetricSample } from '../../job/job-metrics.js';
import type { Snapshot } from '../../store/stats/snapshot-store.js';
import type { SeriesBound } from './series-bound.js';

/** How the levels of what shares the label `other` make one: those that are times do not add up. */
const LARGEST: ReadonlySet<MetricKey> = new Set<MetricKey>(['oldest', 'lateness', 'paused']);

/** A snapshot as samples with bounded labels, each set of labels once. */
export function samplesOf(
  snapshot: Snapshot,
  bounds: Record<'jobs' | 'channels' | 'schedules', SeriesBound>,
): MetricSample[] {
  const samples = new Map<string, MetricSample>();
  const add = (metric: MetricKey, labels: Readonly<Record<string, string>>, value: number): void => {
    const key = JSON.stringify([metric, labels]);
    const before = samples.get(key)?.value;
    const both =
      before === undefined ? value : LARGEST.has(metric) ? Math.max(before, value) : before + value;
    samples.set(key, { metric, labels, value: both });
  };
  for (const [channel, job, waiting, running, failed] of busiestFirst(snapshot.jobs)) {
    const labels = bounds.jobs.labelsOf(channel, job);
    add('waiting', labels, waiting);
    add('running', labels, running);
    add('failed', labels, failed);
  }
  for (const [name, seconds] of Object.entries(snapshot.oldest))
    add('oldest', { channel: bounds.channels.labelOf(name) }, seconds);
  for (const [name, capacity, paused, permits] of snapshot.channels) {
    const labels = { channel: bounds.channels.labelOf(name) };
    if (capacity !== null) {
      add('capacity', labels, capacity);
      add('permits', labels, permits);
    }
    add('paused', labels, paused ? 1 : 0);
  }
  for (const state of ['alive', 'draining', 'stopping', 'suspect'])
    add('nodes', { state }, snapshot.nodes[state] ?? 0);
  add('slots', {}, snapshot.slots);
  for (const [name, seconds] of snapshot.schedules)
    add('lateness', { schedule: bounds.schedules.labelOf(name) }, seconds);
  add('notificationQueue', {}, snapshot.notificationQueue);
  return [...samples.values()];
}

/** So that those have labels of their own in which most happens. */
const busiestFirst = (jobs: Snapshot['jobs']): Snapshot['jobs'] =>
  jobs.toSorted((a, b) => b[2] + b[3] + b[4] - (a[2] + a[3] + a[4]));
