import type { BatchView } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { usePages } from '../../app/pages.js';
import { pathTo } from '../../app/router.js';
import { OlderButton } from '../../components/older-button.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table } from '../../components/table.js';
import { Segmented } from '../../components/tabs.js';
import { batchPath, useBatchColumns } from './batch-columns.js';
import './batches.css';

const STATES = ['all', 'open', 'closed', 'ended'] as const;
type Choice = (typeof STATES)[number];

/** Jobs that are watched together. The address holds the state that is asked for. */
export function BatchesPage() {
  const { api, router } = useApp();
  const { t } = useTexts();
  const asked = router.place.value.query.get('state');
  const chosen: Choice = STATES.find((state) => state === asked) ?? 'all';
  const state = chosen === 'all' ? '' : chosen;
  const { data, error, loading, reload, older } = usePages<BatchView>(
    `batches?${state}`,
    async (cursor, signal) => {
      const { batches, next } = await api.batches({ state, ...(cursor !== undefined && { cursor }) }, signal);
      return { items: batches, next };
    },
    { live: 3_000 },
  );
  const columns = useBatchColumns();
  return (
    <Page
      title={t('page.batches')}
      actions={
        <Segmented
          label={t('batches.stateLabel')}
          choices={STATES.map((id) => ({ id, label: t(`batches.state.${id}`) }))}
          chosen={chosen}
          choose={(id) => router.go(pathTo('batches', { state: id === 'all' ? '' : id }))}
        />
      }
    >
      <Listing
        items={data?.items}
        error={error}
        retry={reload}
        none={{ icon: 'batches', title: t('batches.noneTitle'), hint: t('batches.noneHint') }}
      >
        {(all) => (
          <Table
            label={t('page.batches')}
            columns={columns}
            rows={all}
            rowKey={({ uuid }) => uuid}
            href={batchPath}
          />
        )}
      </Listing>
      <OlderButton older={older} busy={loading} />
    </Page>
  );
}
