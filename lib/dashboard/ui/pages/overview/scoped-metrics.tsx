import { useMemo } from 'preact/hooks';
import type { MetricsRange } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { preference } from '../../app/preference.js';
import { useResource } from '../../app/resource.js';
import { Segmented } from '../../components/tabs.js';
import { MetricsCharts } from './metrics-charts.js';
import './scoped-metrics.css';

const RANGES: readonly MetricsRange[] = ['hour', 'day', 'week'];

/** The charts of one channel or of one function, over a range to choose. */
export function ScopedMetrics({ of }: { of: { readonly channel: string } | { readonly name: string } }) {
  const { api } = useApp();
  const { t } = useTexts();
  const range = useMemo(() => preference<MetricsRange>('range', RANGES, 'hour'), []);
  const metrics = useResource(
    `metrics?${range.value}&${new URLSearchParams({ ...of }).toString()}`,
    (signal) => api.metrics({ range: range.value, ...of }, signal),
    { live: 15_000 },
  );
  return (
    <>
      <div class="scoped-range">
        <h2>{t('functions.metrics')}</h2>
        <Segmented
          label={t('overview.range')}
          choices={RANGES.map((id) => ({ id, label: t(`overview.range.${id}`) }))}
          chosen={range.value}
          choose={(id) => (range.value = id)}
        />
      </div>
      <div class={'channel' in of ? '' : 'scoped-three'}>
        <MetricsCharts metrics={metrics} of={of} depth={'channel' in of} />
      </div>
    </>
  );
}
