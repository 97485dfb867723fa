import type { Overview } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { Card } from '../../components/card.js';

/** The job that is ready, and that nobody has taken for the longest time. */
export function OldestWaiting({ job, seconds }: { job: Overview['oldestWaiting']; seconds: number | null }) {
  const { t, format } = useTexts();
  return (
    <Card title={t('overview.oldest')}>
      {job === null ? (
        <p class="muted">{t('overview.oldestNone')}</p>
      ) : (
        <a class="overview-oldest" href={`jobs/${job.uuid}`}>
          <span class="overview-figure">
            {t('overview.oldestSince', { time: format.duration(Math.round(seconds ?? 0)) })}
          </span>
          <span class="truncate">{job.description}</span>
          <span class="truncate mono faint">
            {job.name} · {job.channel}
          </span>
        </a>
      )}
    </Card>
  );
}
