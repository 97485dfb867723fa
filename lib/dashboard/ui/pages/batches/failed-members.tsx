import type { BatchView } from '../../../api/cluster.api.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { TimeAgo } from '../../components/time.js';

/** Failed members that are named. */
const NAMED = 10;

/** The members that failed, with their errors, and one button for all of them. */
export function FailedMembers({ batch, reload }: { batch: BatchView; reload: () => void }) {
  const app = useApp();
  const { t } = useTexts();
  const filter = { state: 'failed', batch: batch.uuid } as const;
  const { data } = useResource(
    `batch-failed:${batch.uuid}`,
    (signal) => app.api.jobs({ ...filter, limit: String(NAMED) }, signal),
    { live: 3_000 },
  );
  const actions = useJobAction(reload);
  const count = batch.counts.failed;
  const jobs = data?.jobs ?? [];
  return (
    <>
      {count > 0 && (
        <Card
          title={t('batches.failedTitle', { n: count })}
          actions={
            app.may('requeue') && (
              <Button size="s" icon="retry" kind="primary" onClick={() => actions.ask('requeue', { filter })}>
                {t('act.yes.requeue', { n: count })}
              </Button>
            )
          }
        >
          <ul class="batch-failed">
            {jobs.map(({ uuid, description, excName, excMessage, dateDone }) => (
              <li key={uuid}>
                <a class="link" href={`jobs/${uuid}`}>
                  {description}
                </a>
                <span class="batch-error">
                  {excName}: {excMessage} {dateDone !== null && <TimeAgo date={dateDone} />}
                </span>
              </li>
            ))}
          </ul>
          {count > jobs.length && (
            <a class="link" href={pathTo('jobs', filter)}>
              {t('common.more', { n: count - jobs.length })}
            </a>
          )}
        </Card>
      )}
      {actions.dialog}
    </>
  );
}
