import { JOB_STATES } from '../../../../job/job-state.js';
import type { WatchedJobs } from '../../../api/failures.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { StaleNotice } from '../../components/empty.js';
import { Skeleton } from '../../components/skeleton.js';
import { StateBar } from '../../components/state-bar.js';

const ENDED = ['done', 'failed', 'cancelled'] as const;

/** Jobs that were requeued here, until the last of them has ended. */
export function WatchCard({ uuids, stop }: { uuids: readonly string[]; stop: () => void }) {
  const { api } = useApp();
  const { t } = useTexts();
  const { data, error, reload } = useResource(
    `watch:${uuids[0] ?? ''}:${uuids.length}`,
    () => api.watchJobs(uuids),
    { live: 1_000 },
  );
  return (
    <Card
      title={t('failures.watching', { n: uuids.length })}
      actions={
        <Button size="s" kind="ghost" icon="close" onClick={stop}>
          {t('failures.watchStop')}
        </Button>
      }
    >
      {error !== undefined && <StaleNotice error={error} retry={reload} />}
      {data === undefined ? <Skeleton height="3rem" /> : <Watched watched={data} total={uuids.length} />}
    </Card>
  );
}

function Watched({ watched: { counts, gone, failed }, total }: { watched: WatchedJobs; total: number }) {
  const { t, format } = useTexts();
  const ended = ENDED.reduce((sum, state) => sum + counts[state], 0) + gone;
  return (
    <div class="failures-watch">
      <StateBar counts={counts} label={t('failures.watching', { n: total })} tall />
      <p role="status">
        <strong>
          {ended === total
            ? t('failures.watchEnded', { n: total })
            : t('failures.watchOpen', { n: total, ended: format.number(ended) })}
        </strong>{' '}
        {JOB_STATES.filter((state) => counts[state] > 0)
          .map((state) => `${t(`state.${state}`)} ${format.number(counts[state])}`)
          .join(' · ')}
      </p>
      {failed.length > 0 && (
        <p class="failures-samples">
          {t('failures.failedAgain')}{' '}
          {failed.map((uuid) => (
            <a key={uuid} class="link mono" href={`jobs/${encodeURIComponent(uuid)}`}>
              {uuid.slice(-8)}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}
