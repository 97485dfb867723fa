import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Card } from '../../kit/card.js';
import { EmptyState, ErrorState, StaleNotice } from '../../kit/empty.js';
import { Page } from '../../kit/page.js';
import { SkeletonRows } from '../../kit/skeleton.js';
import { Table } from '../../kit/table.js';
import { functionPath, useFunctionColumns } from './function-columns.js';
import './functions.css';

/** What can be enqueued, and how it goes. */
export function FunctionsPage() {
  const { api } = useApp();
  const { t } = useTexts();
  const { data, error, reload } = useResource('functions', (signal) => api.functions(signal), {
    live: 3_000,
  });
  const columns = useFunctionColumns();
  return (
    <Page title={t('page.functions')}>
      {error !== undefined && data !== undefined && <StaleNotice error={error} retry={reload} />}
      <Card flush>
        {data === undefined ? (
          error === undefined ? (
            <SkeletonRows />
          ) : (
            <ErrorState error={error} retry={reload} />
          )
        ) : data.length === 0 ? (
          <EmptyState icon="functions" title={t('functions.noneTitle')}>
            {t('functions.noneHint')}
          </EmptyState>
        ) : (
          <Table
            label={t('page.functions')}
            columns={columns}
            rows={data}
            rowKey={({ name }) => name}
            href={functionPath}
          />
        )}
      </Card>
    </Page>
  );
}
