import { useMemo } from 'preact/hooks';
import type { FunctionView } from '../../../api/functions.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { preference } from '../../app/preference.js';
import { useResource } from '../../app/resource.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table } from '../../components/table.js';
import { functionPath, useFunctionColumns } from './function-columns.js';
import './functions.css';

const SORTS = ['total', 'rate', 'p99', 'name'] as const;
type FunctionSort = (typeof SORTS)[number];

/** The server's order is by name. */
const BY: Readonly<Record<Exclude<FunctionSort, 'name'>, (a: FunctionView, b: FunctionView) => number>> = {
  total: (a, b) => b.total - a.total,
  rate: (a, b) => (b.failureRate ?? -1) - (a.failureRate ?? -1),
  p99: (a, b) => (b.runP99 ?? -1) - (a.runP99 ?? -1),
};

/** What can be enqueued, and how it goes. */
export function FunctionsPage() {
  const { api } = useApp();
  const { t } = useTexts();
  const { data, error, reload } = useResource('functions', (signal) => api.functions(signal), {
    live: 3_000,
  });
  const columns = useFunctionColumns();
  const sort = useMemo(() => preference<FunctionSort>('functions-sort', SORTS, 'total'), []);
  return (
    <Page
      title={t('page.functions')}
      actions={
        <label class="functions-sort">
          {t('functions.sort')}
          <select
            class="input"
            value={sort.value}
            onChange={(event) => (sort.value = event.currentTarget.value as FunctionSort)}
          >
            {SORTS.map((one) => (
              <option key={one} value={one}>
                {t(`functions.sort.${one}`)}
              </option>
            ))}
          </select>
        </label>
      }
    >
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
            rows={sort.value === 'name' ? all : all.toSorted(BY[sort.value])}
            rowKey={({ name }) => name}
            href={functionPath}
          />
        )}
      </Listing>
    </Page>
  );
}
