import type { FailureGroup } from '../../../api/cluster.api.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Card } from '../../kit/card.js';
import { EmptyState, ErrorState, StaleNotice } from '../../kit/empty.js';
import { Page } from '../../kit/page.js';
import { SkeletonRows } from '../../kit/skeleton.js';
import { Table } from '../../kit/table.js';
import { failurePath, useFailureColumns } from './failure-columns.js';
import './failures.css';

/** What has failed, and is to be decided on, by what went wrong. */
export function FailuresPage() {
  const app = useApp();
  const { t } = useTexts();
  const { data, error, reload } = useResource('failures', (signal) => app.api.failures(signal), {
    live: 3_000,
  });
  const actions = useJobAction(reload);
  const mayRequeue = app.may('requeue');
  const requeue = ({ id }: FailureGroup) =>
    actions.ask('requeue', { filter: { state: 'failed', failure: id } });
  const columns = useFailureColumns(mayRequeue ? requeue : null);
  return (
    <Page
      title={t('page.failures')}
      actions={
        data !== undefined &&
        data.length > 0 && <span class="muted">{t('failures.groups', { n: data.length })}</span>
      }
    >
      {error !== undefined && data !== undefined && <StaleNotice error={error} retry={reload} />}
      <Card flush>
        {data === undefined ? (
          error === undefined ? (
            <SkeletonRows />
          ) : (
            <ErrorState error={error} retry={reload} />
          )
        ) : data.length === 0 ? (
          <EmptyState icon="done" title={t('failures.noneTitle')}>
            {t('failures.noneHint')}
          </EmptyState>
        ) : (
          <Table
            label={t('page.failures')}
            columns={columns}
            rows={data}
            rowKey={({ id }) => id}
            href={failurePath}
            rowKeys={mayRequeue ? [{ key: 'r', text: 'action.requeue', run: requeue }] : []}
          />
        )}
      </Card>
      {actions.dialog}
    </Page>
  );
}
