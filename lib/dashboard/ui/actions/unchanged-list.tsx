import type { UnchangedJobs } from '../../api/actions.api.js';
import { useTexts } from '../app/app-context.js';
import { Icon } from '../components/icon.js';

/** Of those that are named, as many are shown. */
const SAMPLES = 5;

/** Why jobs were left as they are, in words. */
export function useReason(): (jobs: UnchangedJobs) => string {
  const { t } = useTexts();
  return ({ reason, state }) =>
    reason === 'state' && state !== null
      ? t('act.reason.state', { state: t(`state.${state}`) })
      : t(reason === 'state' ? 'act.reason.other' : `act.reason.${reason}`);
}

/** Those that were left as they are: how many, why, and some of them. */
export function UnchangedList({ unchanged }: { unchanged: readonly UnchangedJobs[] }) {
  const { format } = useTexts();
  const reasonOf = useReason();
  return (
    <ul class="act-reasons">
      {unchanged.map((jobs) => (
        <li key={`${jobs.reason} ${jobs.state}`} class="act-reason">
          <span class={`state-icon badge-${jobs.state ?? 'cancelled'}`}>
            <Icon name={jobs.state ?? 'minus'} />
          </span>
          <div class="grow">
            <div>
              <strong>{format.number(jobs.count)}</strong> {reasonOf(jobs)}
            </div>
            <div class="act-samples">
              {jobs.uuids.slice(0, SAMPLES).map((uuid) => (
                <a key={uuid} class="link mono" href={`jobs/${uuid}`} target="_blank" rel="noopener">
                  {uuid.slice(-12)}
                </a>
              ))}
              {jobs.count > Math.min(SAMPLES, jobs.uuids.length) && jobs.uuids.length > 0 && '…'}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
