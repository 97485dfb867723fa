import { useMemo } from 'preact/hooks';
import type { Metrics, MetricsRange } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import type { Format } from '../../app/format.js';
import type { Resource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { Chart, type ChartSeries, type ChartSpec } from '../../components/chart.js';
import { ErrorState } from '../../components/empty.js';
import { Skeleton } from '../../components/skeleton.js';

const HEIGHT = 176;
const EVERYTHING = {};

/** What has happened over time: charts of the same points. One function has no depth: nobody counts that. */
export function MetricsCharts({
  metrics,
  of = EVERYTHING,
  depth = true,
}: {
  metrics: Resource<Metrics>;
  of?: Of;
  depth?: boolean;
}) {
  const { t, format } = useTexts();
  const { data, error, reload } = metrics;
  const charts = useMemo(
    () =>
      data === undefined
        ? undefined
        : specsOf(data, of, t, format).filter((chart) => depth || chart.of !== 'depth'),
    [data, JSON.stringify(of), t, format, depth],
  );
  if (charts === undefined) {
    return error === undefined ? (
      <div class="overview-charts">
        {['throughput', ...(depth ? ['depth'] : []), 'wait', 'run'].map((name) => (
          <Card key={name} title={t(`overview.${name as 'run'}`)}>
            <Skeleton height="12.5rem" />
          </Card>
        ))}
      </div>
    ) : (
      <ErrorState error={error} retry={reload} />
    );
  }
  return (
    <div class="overview-charts">
      {charts.map(({ title, hint, spec }) => (
        <Card key={title} title={title} hint={hint}>
          {spec.series.every(({ values }) => values.every((value) => value === null || value === 0)) ? (
            <div class="overview-no-points">
              <p>{t('overview.noPoints')}</p>
              <p class="faint">{t('overview.noPointsHint')}</p>
            </div>
          ) : (
            <Chart label={spoken(title, hint, spec)} spec={spec} height={HEIGHT} />
          )}
        </Card>
      ))}
    </div>
  );
}

type T = ReturnType<typeof useTexts>['t'];

/** The channel or function that the figures are of. */
type Of = Readonly<Record<string, string>>;

function specsOf(data: Metrics, scope: Of, t: T, format: Format) {
  const time = timesOf(data.range, format);
  const counted = { times: data.times, ...time, format: format.compact };
  const seconds = {
    times: data.times,
    ...time,
    format: format.duration.bind(format),
    kind: 'lines' as const,
  };
  const percentiles = (of: Metrics['wait'], color: string): ChartSeries[] => [
    { label: 'p50', color: `${color}-solid`, values: of.p50 },
    { label: 'p95', color: 'pending-solid', values: of.p95 },
    { label: 'p99', color: 'failed-solid', values: of.p99 },
  ];
  const throughput: ChartSpec = {
    ...counted,
    kind: 'bars',
    link: { to: (start) => jobsOf(start, data.step, scope), hint: t('overview.toJobs') },
    series: [
      { label: t('overview.done'), color: 'done-solid', values: data.done },
      { label: t('overview.retried'), color: 'retrying-solid', values: data.retried },
      { label: t('overview.failed'), color: 'failed-solid', values: data.failed },
      { label: t('overview.cancelled'), color: 'cancelled-solid', values: data.cancelled },
    ],
  };
  const depth: ChartSpec = {
    ...counted,
    kind: 'lines',
    series: [{ label: t('overview.waiting'), color: 'wait_dependencies-solid', values: data.depth }],
  };
  return [
    {
      of: 'throughput',
      title: t('overview.throughput'),
      hint: t('overview.throughputHint', { n: data.step / 60 }),
      spec: throughput,
    },
    { of: 'depth', title: t('overview.depth'), hint: t('overview.depthHint'), spec: depth },
    {
      of: 'wait',
      title: t('overview.wait'),
      hint: t('overview.waitHint'),
      spec: { ...seconds, series: percentiles(data.wait, 'enqueued') },
    },
    {
      of: 'run',
      title: t('overview.run'),
      hint: t('overview.runHint'),
      spec: { ...seconds, series: percentiles(data.run, 'started') },
    },
  ];
}

/** The jobs that were stored within a point. */
function jobsOf(time: number, step: number, of: Of): string {
  const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();
  return pathTo('jobs', { ...of, from: iso(time), to: iso(time + step) });
}

function timesOf(range: MetricsRange, format: Format): Pick<ChartSpec, 'tick' | 'moment'> {
  const short: Intl.DateTimeFormatOptions =
    range === 'week' ? { weekday: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' };
  const long: Intl.DateTimeFormatOptions = {
    ...(range !== 'hour' && { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  };
  return {
    tick: (time) => format.date(time * 1_000, short),
    moment: (time) => format.date(time * 1_000, long),
  };
}

/** A chart in one sentence, for those who hear it: the last value of each series. */
function spoken(title: string, hint: string, spec: ChartSpec): string {
  const last = spec.series.map(({ label, values }) => {
    const value = values.findLast((one) => one !== null);
    return `${label} ${value === undefined || value === null ? '–' : spec.format(value)}`;
  });
  return `${title}, ${hint}: ${last.join(', ')}`;
}
