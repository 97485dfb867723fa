import { metrics, type Counter, type Histogram, type ObservableGauge } from '@opentelemetry/api';
import { checkProperties } from '../common/check-properties.js';
import { LIBRARY_VERSION } from '../common/version.js';
import {
  BUCKETS,
  checkMaxSeries,
  checkMetricTags,
  type JobMetrics,
  type MetricDefinition,
  type MetricKey,
  METRICS,
} from '../job/job-metrics.js';
import { SCOPE } from './conventions.js';

/** The options of {@link openTelemetryMetrics}. */
export interface OpenTelemetryMetricsOptions {
  /** How many pairs of channel and job function have series of their own, from 0; all others are `other`. Default: 500. */
  readonly maxSeries?: number;
  /**
   * The tags whose attempts have series of their own, `queue_job.tagged.…`: 50 at most. Others have none. Default: none.
   */
  readonly tags?: readonly string[];
}

/**
 * A value for the module option `metrics`: figures through the meter provider that the application has registered with
 * `@opentelemetry/api` before it starts. Without one it does nothing.
 *
 * @throws InvalidJobOptionError for an unknown or wrong option
 * @example
 * ```ts
 * QueueJobModule.forRoot({ metrics: openTelemetryMetrics() });
 * ```
 */
export function openTelemetryMetrics(options: OpenTelemetryMetricsOptions = {}): JobMetrics {
  const { maxSeries, tags } = checkProperties<OpenTelemetryMetricsOptions>(options, {
    maxSeries: checkMaxSeries,
    tags: checkMetricTags,
  });
  const counters = new Map<MetricKey, Counter>();
  const histograms = new Map<MetricKey, Histogram>();
  return {
    ...(maxSeries === undefined ? {} : { maxSeries }),
    ...(tags === undefined ? {} : { tags }),
    start(source) {
      // Not before: there is no proxy for meters, as there is for tracers.
      const meter = metrics.getMeter(SCOPE, LIBRARY_VERSION);
      const gauges = new Map<MetricKey, ObservableGauge>();
      for (const [key, metric] of Object.entries(METRICS) as [MetricKey, MetricDefinition][]) {
        const { name, kind, unit, help } = metric;
        const base = { unit, description: help };
        if (kind === 'counter') counters.set(key, meter.createCounter(name, base));
        else if (kind === 'gauge') gauges.set(key, meter.createObservableGauge(name, base));
        else {
          const advice = { explicitBucketBoundaries: [...BUCKETS] };
          histograms.set(key, meter.createHistogram(name, { ...base, advice }));
        }
      }
      const observed = [...gauges.values()];
      const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
        const samples = await source.read().catch(() => []);
        for (const { metric, labels, value } of samples) {
          const gauge = gauges.get(metric);
          if (gauge !== undefined) result.observe(gauge, value, labels);
        }
      };
      meter.addBatchObservableCallback(observe, observed);
      return () => {
        meter.removeBatchObservableCallback(observe, observed);
        counters.clear();
        histograms.clear();
      };
    },
    record({ metric, labels, value }) {
      counters.get(metric)?.add(value, labels);
      histograms.get(metric)?.record(value, labels);
    },
  };
}
