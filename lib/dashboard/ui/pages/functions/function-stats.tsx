import type { FunctionView } from '../../../api/functions.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { StateIcon } from '../../components/badge.js';
import { Stat } from '../../components/card.js';

/** Its jobs now, and over a day. */
export function FunctionStats({ view }: { view: FunctionView }) {
  const { t, format } = useTexts();
  const { name } = view;
  const time = (seconds: number | null) => (seconds === null ? '–' : format.duration(seconds));
  const now = [
    ['waiting', 'pending', 'pending,enqueued'],
    ['running', 'started', 'started'],
    ['failed', 'failed', 'failed'],
  ] as const;
  return (
    <div class="functions-stats">
      {now.map(([of, icon, state]) => (
        <Stat
          key={of}
          href={pathTo('jobs', { state, name })}
          label={
            <>
              <StateIcon state={icon} size={14} />
              {t(`functions.${of}`)}
            </>
          }
          value={format.compact(view[of])}
        />
      ))}
      <Stat label={t('functions.ended')} value={format.compact(view.ended)} />
      <Stat label={t('functions.failedTries')} value={format.compact(view.failedTries)} />
      <Stat label={t('functions.runP50')} value={time(view.runP50)} />
      <Stat label={t('functions.runP95')} value={time(view.runP95)} />
    </div>
  );
}
