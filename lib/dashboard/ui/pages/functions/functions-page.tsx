import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table } from '../../components/table.js';
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
      <Listing
        items={data}
        error={error}
        retry={reload}
        none={{ icon: 'functions', title: t('functions.noneTitle'), hint: t('functions.noneHint') }}
      >
        {(all) => (
          <Table
            label={t('page.functions')}
            columns={columns}
            rows={all}
            rowKey={({ name }) => name}
            href={functionPath}
          />
        )}
      </Listing>
    </Page>
  );
}
