import { useTexts } from '../app/app-context.js';
import './progress-bar.css';

/** How far something is; without an end (`total` null), only that it moves. */
export function ProgressBar({
  done,
  total,
  label,
  tone = 'started',
}: {
  done: number;
  total: number | null;
  label: string;
  tone?: 'started' | 'done' | 'failed';
}) {
  const { format } = useTexts();
  const share = total === null ? null : total === 0 ? 1 : Math.min(1, done / total);
  return (
    <div
      class={`progress progress-${tone} ${share === null ? 'progress-endless' : ''}`}
      role="progressbar"
      aria-label={label}
      {...(share !== null && {
        'aria-valuenow': Math.round(share * 100),
        'aria-valuemin': 0,
        'aria-valuemax': 100,
      })}
      data-tip={total === null ? format.number(done) : `${format.number(done)} / ${format.number(total)}`}
    >
      <div class="progress-fill" style={{ width: share === null ? '30%' : `${share * 100}%` }} />
    </div>
  );
}
