import { JOB_STATES, type JobState } from '../../../job/job-state.js';
import { useTexts } from '../app/app-context.js';
import './state-bar.css';

/** From what is over to what has yet to begin, so that the bar fills from its start. */
const ORDER: readonly JobState[] = [
  'done',
  'failed',
  'cancelled',
  'started',
  'enqueued',
  'pending',
  'wait_dependencies',
];

/** How the jobs of something are divided among the states. */
export function StateBar({
  counts,
  label,
  tall = false,
}: {
  counts: Readonly<Record<JobState, number>>;
  label: string;
  tall?: boolean;
}) {
  const { t, format } = useTexts();
  const total = JOB_STATES.reduce((sum, state) => sum + counts[state], 0);
  const shown = ORDER.filter((state) => counts[state] > 0);
  const words = shown.map((state) => `${t(`state.${state}`)} ${format.number(counts[state])}`).join(', ');
  return (
    <div
      class={`state-bar ${tall ? 'state-bar-tall' : ''}`}
      role="img"
      aria-label={words === '' ? label : `${label}: ${words}`}
      data-tip={words}
    >
      {shown.map((state) => (
        <span
          key={state}
          class="state-bar-part"
          style={{ flexGrow: counts[state] / total, background: `var(--${state}-solid)` }}
        />
      ))}
    </div>
  );
}
