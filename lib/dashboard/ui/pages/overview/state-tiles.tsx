import type { StateCounts } from '../../../api/cluster.api.js';
import { JOB_STATES } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { StateIcon } from '../../components/badge.js';
import { Stat } from '../../components/card.js';
import { Count } from '../../components/count.js';
import { Skeleton } from '../../components/skeleton.js';

/** How many jobs there are in each state; each leads to them. */
export function StateTiles({ counts }: { counts: StateCounts | undefined }) {
  const { live } = useApp();
  const { t } = useTexts();
  // The pulse is newer than what was read.
  const latest = live.pulse.value?.counts ?? counts;
  return (
    <section class="overview-states" aria-label={t('overview.states')}>
      {JOB_STATES.map((state) => (
        <Stat
          key={state}
          href={`jobs?state=${state}`}
          label={
            <>
              <StateIcon state={state} size={14} /> {t(`state.${state}`)}
            </>
          }
          value={
            latest === undefined ? <Skeleton width="4rem" height="1.95rem" /> : <Count of={latest[state]} />
          }
        />
      ))}
    </section>
  );
}
