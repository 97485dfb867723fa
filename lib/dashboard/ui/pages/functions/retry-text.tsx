import type { FunctionView } from '../../../api/functions.api.js';
import { useTexts } from '../../app/app-context.js';
import { stepsOf, type Wait } from './retry-pattern.js';

/** `10 s at attempts 1–4, 1 min from attempt 5`. */
export function useRetryText(): (pattern: FunctionView['retryPattern']) => string {
  const { t } = useTexts();
  const wait = useWaitText();
  return (pattern) => {
    const steps = stepsOf(pattern);
    if (steps.length === 1 && steps[0] !== undefined) {
      return t('retry.always', { time: wait(steps[0].wait) });
    }
    return steps
      .map(({ from, to, wait: seconds }) => {
        const time = wait(seconds);
        return to === null
          ? t('retry.from', { time, from })
          : to === from
            ? t('retry.at', { time, from })
            : t('retry.between', { time, from, to });
      })
      .join(', ');
  };
}

/** `10 s`, or `5 min–10 min` for a random one. */
export function useWaitText(): (wait: Wait) => string {
  const { format } = useTexts();
  return (wait) =>
    typeof wait === 'number'
      ? format.duration(wait)
      : `${format.duration(wait[0])}–${format.duration(wait[1])}`;
}
