import { Counter, Gauge, Histogram, register as defaultRegister, type Registry } from 'prom-client';
import { checkProperties } from '../common/check-properties.js';
import { wrongValue } from '../common/option-checks.js';
import {
  BUCKETS,
  checkMaxSeries,
  checkMetricTags,
  type JobMetrics,
  type MetricDefinition,
  type MetricEvent,
  type MetricKey,
  METRICS,
  type MetricsSource,
  prometheusNameOf,
} from '../job/job-metrics.js';

/** The options of {@link prometheusMetrics}. */
export interface PrometheusMetricsOptions {
  /** The registry that the application serves. Default: the default one of `prom-client`. */
  readonly register?: Registry;
  /** How many pairs of channel and job function have series of their own, from 0; all others are `other`. Default: 500. */
  readonly maxSeries?: number;
  /**
   * The tags whose attempts have series of their own, `queue_job_tagged_…`: 50 at most. Others have none. Default: none.
   */
  readonly tags?: readonly string[];
  /** The upper bounds of the histograms in seconds, rising. Default: 0.005 to 7200. */
  readonly buckets?: readonly number[];
}

/**
 * A value for the module option `metrics`: figures in a registry of `prom-client`, which the application serves.
 *
 * @throws InvalidJobOptionError for an unknown or wrong option
 * @example
 * ```ts
 * QueueJobModule.forRoot({ metrics: prometheusMetrics() });
 * ```
 */
export function prometheusMetrics(options: PrometheusMetricsOptions = {}): JobMetrics {
  const given = checkProperties<PrometheusMetricsOptions>(options, {
    register: checkRegister,
    maxSeries: checkMaxSeries,
    tags: checkMetricTags,
    buckets: checkBuckets,
  });
  const { register = defaultRegister, maxSeries, tags, buckets = BUCKETS } = given;
  const counters = new Map<MetricKey, Counter>();
  const histograms = new Map<MetricKey, Histogram>();
  return {
    ...(maxSeries === undefined ? {} : { maxSeries }),
    ...(tags === undefined ? {} : { tags }),
    start(source) {
      const names = Object.entries(METRICS).map(([key, metric]) => {
        const definition: MetricDefinition = metric;
        const name = prometheusNameOf(definition);
        const base = { name, help: definition.help, labelNames: definition.labels, registers: [register] };
        if (definition.kind === 'counter') counters.set(key as MetricKey, new Counter(base));
        else if (definition.kind === 'histogram')
          histograms.set(key as MetricKey, new Histogram({ ...base, buckets: [...buckets] }));
        else collected(key as MetricKey, base, source);
        return name;
      });
      return () => {
        for (const name of names) register.removeSingleMetric(name);
        counters.clear();
        histograms.clear();
      };
    },
    record({ metric, labels, value }: MetricEvent) {
      counters.get(metric)?.inc(labels, value);
      histograms.get(metric)?.observe(labels, value);
    },
  };
}

/** A level is read when somebody asks for it; all of one scrape share one look. */
function collected(
  key: MetricKey,
  base: { name: string; help: string; labelNames: readonly string[]; registers: Registry[] },
  source: MetricsSource,
): void {
  const gauge: Gauge = new Gauge({
    ...base,
    async collect() {
      // Without the database there are no levels, and the other figures are still scraped.
      const samples = await source.read().catch(() => []);
      gauge.reset();
      for (const { metric, labels, value } of samples) if (metric === key) gauge.set(labels, value);
    },
  });
}

function checkRegister(value: unknown): Registry {
  const given = value as { registerMetric?: unknown } | null;
  if (typeof given?.registerMetric === 'function') return value as Registry;
  throw wrongValue('register', 'a Registry of prom-client', value);
}

function checkBuckets(value: unknown): readonly number[] {
  const rises = (one: unknown, at: number, all: readonly unknown[]): boolean =>
    typeof one === 'number' && one > 0 && (at === 0 || one > (all[at - 1] as number));
  if (Array.isArray(value) && value.length > 0 && value.every(rises)) return value as number[];
  throw wrongValue('buckets', 'a list of rising numbers above 0', value);
}
