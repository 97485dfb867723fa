import type { FunctionView } from '../../../api/functions.api.js';
import { useTexts } from '../../app/app-context.js';
import { waitAfter, type Wait } from './retry-pattern.js';
import { useWaitText } from './retry-text.js';

const TRIES = Array.from({ length: 10 }, (_, index) => index + 1);
const longest = (wait: Wait) => (typeof wait === 'number' ? wait : wait[1]);
const shortest = (wait: Wait) => (typeof wait === 'number' ? wait : wait[0]);

/** How long it would wait after each of the first attempts. */
export function RetryPreview({ pattern }: { pattern: FunctionView['retryPattern'] }) {
  const { t } = useTexts();
  const text = useWaitText();
  const waits = TRIES.map((tries) => waitAfter(pattern, tries));
  const most = Math.max(1, ...waits.map(longest));
  const sum = (of: (wait: Wait) => number) => waits.reduce((all: number, wait) => all + of(wait), 0);
  const [least, longestSum] = [sum(shortest), sum(longest)];
  return (
    <div class="retry-preview">
      <ol class="retry-bars" aria-label={t('retry.preview')}>
        {waits.map((wait, index) => (
          <li
            key={index}
            class="retry-bar"
            data-tip={`${t('retry.previewTry', { n: index + 1 })}: ${text(wait)}`}
          >
            <span class="retry-column">
              <span
                class="retry-fill"
                // By its root: seconds are to be seen beside hours.
                style={{ height: `${Math.max(4, Math.sqrt(longest(wait) / most) * 100)}%` }}
              />
            </span>
            <span class="retry-wait">{text(wait)}</span>
            <span class="faint">{index + 1}</span>
          </li>
        ))}
      </ol>
      <p class="faint">
        {t('retry.previewSum', { time: text(least === longestSum ? least : [least, longestSum]) })}
      </p>
    </div>
  );
}
