import { useState } from 'preact/hooks';
import type { FailureGroup } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Card } from '../../kit/card.js';
import { EmptyState, ErrorState, StaleNotice } from '../../kit/empty.js';
import { Page } from '../../kit/page.js';
import { SkeletonRows } from '../../kit/skeleton.js';
import { Table } from '../../kit/table.js';
import { failurePath, useFailureColumns } from './failure-columns.js';
import { RequeueDialog } from './requeue-dialog.js';
import './failures.css';

/** What has failed, and is to be decided on, by what went wrong. */
export function FailuresPage() {
  const { api, dialogs, may } = useAppParts();
  const { t } = useTexts();
  const { data, error, reload } = useResource('failures', (signal) => api.failures(signal), { live: 3_000 });
  const [requeued, setRequeued] = useState<FailureGroup | null>(null);
  const requeue = async (group: FailureGroup) => {
    const yes = await dialogs.confirm({
      title: t('failures.requeueTitle', { n: group.count }),
      yes: t('action.requeue'),
      body: (
        <div class="failures-question">
          <p>{t('failures.requeueBody', { name: group.name, error: group.excName })}</p>
          <p>{t('failures.requeueSideEffects')}</p>
        </div>
      ),
    });
    if (yes) {
      setRequeued(group);
    }
  };
  const columns = useFailureColumns(may('requeue') ? (group) => void requeue(group) : null);
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
            rowKeys={
              may('requeue')
                ? [{ key: 'r', text: 'action.requeue', run: (group) => void requeue(group) }]
                : []
            }
          />
        )}
      </Card>
      {requeued !== null && (
        <RequeueDialog
          group={requeued}
          close={() => {
            setRequeued(null);
            reload();
          }}
        />
      )}
    </Page>
  );
}

function useAppParts() {
  const app = useApp();
  return { api: app.api, dialogs: app.dialogs, may: app.may.bind(app) };
}
