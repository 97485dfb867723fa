import { Get } from '@nestjs/common';
import { percentile } from '../../../common/histogram.js';
import type { MetricsPoint, MetricsRange as Stretch } from '../../../store/stats/metrics-store.js';
import type { Metrics, MetricsRange, Percentiles } from '../../api/cluster.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseMetrics } from '../input/cluster.input.js';
import { METRICS } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { DashboardStore } from '../store/dashboard.store.js';

const STRETCHES: Readonly<Record<MetricsRange, Stretch>> = {
  hour: { width: 60, points: 60 },
  day: { width: 900, points: 96 },
  week: { width: 3600, points: 168 },
};

/** What charts are drawn from. */
@ApiController('metrics')
export class MetricsController {
  constructor(private readonly store: DashboardStore) {}

  @Get()
  @Described({
    summary: 'How attempts ended, how long they waited and ran, and how many jobs waited, over time',
    description:
      'Points of equal distance, the oldest first; the last is not over. Percentiles are at most 12 % off, as they come from histograms. The depth is a number of its own for each channel, and null where one asks by name or nobody looked.',
    query: {
      range: '`hour` (points of 60 s), `day` (900 s) or `week` (3600 s). Default: hour',
      channel: 'A channel, its subchannels included',
      name: '`Provider.method`',
    },
    answer: METRICS,
  })
  async metrics({ query }: Call): Promise<Metrics> {
    const { range, ...filter } = parseMetrics(query);
    const points = await this.store.metrics.points(STRETCHES[range], filter);
    const each = <K extends keyof MetricsPoint>(key: K): MetricsPoint[K][] =>
      points.map((point) => point[key]);
    return {
      range,
      step: STRETCHES[range].width,
      times: each('time'),
      done: each('done'),
      failed: each('failed'),
      retried: each('retried'),
      cancelled: each('cancelled'),
      wait: percentiles(each('wait')),
      run: percentiles(each('run')),
      depth: each('depth'),
    };
  }
}

const percentiles = (histograms: readonly (readonly number[])[]): Percentiles => ({
  p50: histograms.map((counts) => percentile(counts, 0.5)),
  p95: histograms.map((counts) => percentile(counts, 0.95)),
  p99: histograms.map((counts) => percentile(counts, 0.99)),
});
