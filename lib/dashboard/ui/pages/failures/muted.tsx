import type { FailureGroup } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { Badge } from '../../components/badge.js';
import { TimeAgo } from '../../components/time.js';

/** Who has muted a group, and for how long. */
export function Muted({ muted: { actor, date, until } }: { muted: NonNullable<FailureGroup['muted']> }) {
  const { t } = useTexts();
  return (
    <span class="failures-muted">
      <Badge>{t('failures.muted')}</Badge>
      <span class="faint">
        {t('channels.by', { actor })} <TimeAgo date={date} />
        {until !== null && (
          <>
            {', '}
            {t('failures.mutedUntil')} <TimeAgo date={until} />
          </>
        )}
      </span>
    </span>
  );
}
