import type { FailureGroup } from '../../../api/cluster.api.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table } from '../../components/table.js';
import { groupPath, useFailureColumns } from './failure-columns.js';
import { FailurePage } from './failure-page.js';
import './failures.css';

/** What has failed, and is to be decided on, by what went wrong; or one group of it. */
export function FailuresPage() {
  const { router } = useApp();
  const group = router.place.value.query.get('group');
  return group === null ? <FailureList /> : <FailurePage key={group} id={group} />;
}

function FailureList() {
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
      <Listing
        items={data}
        error={error}
        retry={reload}
        none={{ icon: 'done', title: t('failures.noneTitle'), hint: t('failures.noneHint') }}
      >
        {(all) => (
          <Table
            label={t('page.failures')}
            columns={columns}
            rows={all}
            rowKey={({ id }) => id}
            href={groupPath}
            rowKeys={mayRequeue ? [{ key: 'r', text: 'action.requeue', run: requeue }] : []}
          />
        )}
      </Listing>
      {actions.dialog}
    </Page>
  );
}
