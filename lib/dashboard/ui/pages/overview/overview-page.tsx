import type { MetricsRange, Overview } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { preference } from '../../app/preference.js';
import { useResource } from '../../app/resource.js';
import { EmptyState, ErrorState, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import { Segmented } from '../../components/tabs.js';
import { useMemo } from 'preact/hooks';
import { BusiestChannels } from './busiest-channels.js';
import { NeedsAttention } from './needs-attention.js';
import { MetricsCharts } from './metrics-charts.js';
import { NodesCard } from './nodes-card.js';
import { OldestWaiting } from './oldest-waiting.js';
import { StateTiles } from './state-tiles.js';
import './overview.css';

const RANGES: readonly MetricsRange[] = ['hour', 'day', 'week'];

/** How the cluster is. */
export function OverviewPage() {
  const { api } = useApp();
  const { t } = useTexts();
  const range = useMemo(() => preference<MetricsRange>('range', RANGES, 'hour'), []);
  const overview = useResource('overview', (signal) => api.overview(signal), { live: 3_000 });
  const metrics = useResource(
    `metrics?${range.value}`,
    (signal) => api.metrics({ range: range.value }, signal),
    { live: 15_000 },
  );
  const { data, error, reload } = overview;
  return (
    <Page
      title={t('page.overview')}
      actions={
        <Segmented
          label={t('overview.range')}
          choices={RANGES.map((id) => ({ id, label: t(`overview.range.${id}`) }))}
          chosen={range.value}
          choose={(id) => (range.value = id)}
        />
      }
    >
      {data === undefined && error !== undefined ? (
        <ErrorState error={error} retry={reload} />
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={reload} />}
          {data !== undefined && <NeedsAttention items={data.attention} />}
          <StateTiles counts={data?.counts} />
          {data !== undefined && isEmpty(data) && (
            <EmptyState icon="jobs" title={t('overview.emptyTitle')}>
              {t('overview.emptyHint')}
            </EmptyState>
          )}
          <MetricsCharts metrics={metrics} />
          <div class="overview-lower">
            {data === undefined ? (
              <Skeleton height="14rem" />
            ) : (
              <>
                <BusiestChannels channels={data.busiest} />
                <div class="overview-side">
                  <NodesCard nodes={data.nodes} />
                  <OldestWaiting job={data.oldestWaiting} seconds={data.oldestWait} />
                </div>
              </>
            )}
          </div>
        </>
      )}
    </Page>
  );
}

function isEmpty({ counts }: Overview): boolean {
  return Object.values(counts).every(({ count }) => count === 0);
}
