import type { JobCount } from '../../api/jobs.api.js';
import { useTexts } from '../app/app-context.js';

/** A count, with its plus where counting stopped; from a million on in short, the figures when pointed at. */
export function Count({ of: { count, capped } }: { of: JobCount }) {
  const { format } = useTexts();
  const whole = format.number(count) + (capped ? '+' : '');
  return count < 1_000_000 ? (
    <>{whole}</>
  ) : (
    <span data-tip={whole}>{format.compact(count) + (capped ? '+' : '')}</span>
  );
}
