import type { JobCount } from '../../../api/jobs.api.js';
import { useResource } from '../../app/resource.js';
import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { StateIcon } from '../../components/badge.js';
import { Count } from '../../components/count.js';
import { jobsPath, statesOf, withFilter, type Filters } from './filters.js';

/** The states, any number of them, with the counts of the jobs that match the other filters. */
export function StateFilter({ filters, change }: { filters: Filters; change: (next: Filters) => void }) {
  const { t } = useTexts();
  const counts = useCounts(filters);
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

/** Without a filter they come with each pulse; with one they are counted for it. */
function useCounts(filters: Filters): Readonly<Record<JobState, JobCount>> | undefined {
  const { api, live } = useApp();
  const { state: _, ...others } = filters;
  const isFiltered = Object.keys(others).length > 0;
  const { data } = useResource(
    `states:${jobsPath(others)}`,
    async (signal) => (isFiltered ? api.jobGroups({ ...others, by: 'state' }, signal) : null),
    { live: 5_000 },
  );
  if (!isFiltered) {
    return live.pulse.value?.counts;
  }
  if (data === undefined || data === null) {
    return undefined;
  }
  const counts = new Map(data.groups.map(({ key, count }) => [key, count]));
  const capped = data.countedTo !== null;
  const of = (state: JobState): JobCount => ({ count: counts.get(state) ?? 0, capped });
  return Object.fromEntries(JOB_STATES.map((state) => [state, of(state)])) as Record<JobState, JobCount>;
}
