import type { FailureDetail } from '../../../api/failures.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Stat } from '../../components/card.js';
import { LongText } from '../../components/long-text.js';
import { TimeAgo } from '../../components/time.js';
import { Muted } from './muted.js';

/** What went wrong, how often, since when, and who knows of it. */
export function FailureFacts({ group }: { group: FailureDetail }) {
  const { t, format } = useTexts();
  const { name, excName, excMessage, count, retrying, firstSeen, lastSeen, muted, id } = group;
  return (
    <>
      <div class="failures-what">
        <p class="failures-whole">
          <a class="link mono" href={`functions/${encodeURIComponent(name)}`}>
            {name}
          </a>{' '}
          <LongText text={excMessage} />
        </p>
        {muted !== null && <Muted muted={muted} />}
      </div>
      <div class="failures-figures">
        <Stat
          label={t('failures.count')}
          value={format.number(count)}
          href={pathTo('jobs', { state: 'failed', failure: id })}
        />
        <Stat
          label={t('failures.retrying')}
          value={format.number(retrying)}
          href={pathTo('jobs', { state: 'pending', name, error: excName })}
        />
        <Stat label={t('failures.first')} value={<TimeAgo date={firstSeen} />} />
        <Stat label={t('failures.last')} value={<TimeAgo date={lastSeen} />} />
      </div>
    </>
  );
}
