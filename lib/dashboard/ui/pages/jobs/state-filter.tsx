import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { StateIcon } from '../../components/badge.js';
import { Count } from '../../components/count.js';
import { statesOf, withFilter, type Filters } from './filters.js';

/** The states, any number of them, with the counts of all jobs. */
export function StateFilter({ filters, change }: { filters: Filters; change: (next: Filters) => void }) {
  const { live } = useApp();
  const { t } = useTexts();
  const counts = live.pulse.value?.counts;
  const chosen = statesOf(filters);
  const toggle = (state: JobState) => {
    const next = JOB_STATES.filter((one) => chosen.includes(one) !== (one === state));
    change(withFilter(filters, 'state', next.join(',')));
  };
  return (
    <div class="states" role="group" aria-label={t('filter.state')}>
      <button
        type="button"
        class="state-pill"
        aria-pressed={chosen.length === 0}
        onClick={() => change(withFilter(filters, 'state', ''))}
      >
        {t('jobs.anyState')}
      </button>
      {JOB_STATES.map((state) => (
        <button
          key={state}
          type="button"
          class="state-pill"
          aria-pressed={chosen.includes(state)}
          onClick={() => toggle(state)}
        >
          <StateIcon state={state} size={14} />
          {t(`state.${state}`)}
          {counts !== undefined && (
            <span class="state-count">
              <Count of={counts[state]} />
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
