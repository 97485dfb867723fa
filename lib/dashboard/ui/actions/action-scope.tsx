import { useTexts } from '../app/app-context.js';
import { useFailureWords } from '../app/failure-words.js';
import { FILTER_KEYS, statesOf, type FilterKey } from '../pages/jobs/filters.js';
import type { ActionTarget } from './job-action.js';

/** Jobs that are named one by one. */
const NAMED = 5;

/** What an action is about: the jobs, or the filter that they match. */
export function ActionScope({ target }: { target: ActionTarget }) {
  const { t } = useTexts();
  if ('filter' in target) {
    return <FilterInWords filter={target.filter} />;
  }
  const { jobs } = target;
  return (
    <ul class="act-scope">
      {jobs.slice(0, NAMED).map(({ uuid, description }) => (
        <li key={uuid} class="truncate">
          {description}
        </li>
      ))}
      {jobs.length > NAMED && <li class="faint">{t('common.more', { n: jobs.length - NAMED })}</li>}
    </ul>
  );
}

function FilterInWords({ filter }: Extract<ActionTarget, { filter: unknown }>) {
  const { t, format } = useTexts();
  const failure = useFailureWords(filter.failure);
  const used = FILTER_KEYS.flatMap((key) => {
    const value = filter[key];
    return value === undefined || value === '' ? [] : [[key, value] as const];
  });
  if (used.length === 0) {
    return <p class="act-every">{t('act.every')}</p>;
  }
  const shown = (key: FilterKey, value: string) => {
    if (key === 'state') {
      return statesOf(filter)
        .map((state) => t(`state.${state}`))
        .join(', ');
    }
    if (key === 'failure') {
      return failure;
    }
    return (key === 'from' || key === 'to') && !Number.isNaN(Date.parse(value)) ? format.exact(value) : value;
  };
  return (
    <dl class="act-filter">
      {used.map(([key, value]) => (
        <div key={key} class="act-filter-line">
          <dt>{t(`filter.${key}`)}</dt>
          <dd>{shown(key, value)}</dd>
        </div>
      ))}
    </dl>
  );
}
