import { useTexts } from '../../app/app-context.js';
import './hour-bars.css';

/** Parts beyond these share the last colour. */
const COLORS = ['failed', 'pending', 'started', 'wait_dependencies', 'enqueued', 'cancelled'] as const;

/** What bars are made of, the part with most first. */
export interface BarPart {
  readonly label: string;
  readonly counts: readonly number[];
}

/** Something that happened at a moment, such as a new release. */
export interface BarMark {
  readonly label: string;
  readonly date: string;
}

const HOUR_MS = 3_600_000;

/** An hour a bar, its parts upon each other; each says its hour and its figures to the pointer. */
export function HourBars({
  label,
  hours,
  parts,
  marks,
}: {
  label: string;
  hours: readonly string[];
  parts: readonly BarPart[];
  marks: readonly BarMark[];
}) {
  const { t, format } = useTexts();
  const sums = hours.map((_, at) => parts.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  const most = Math.max(1, ...sums);
  const moment = (hour: string) =>
    format.date(Date.parse(hour), { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const step = Math.ceil(hours.length / 6);
  return (
    <figure class="hours">
      <div class="hours-figure" role="img" aria-label={label}>
        <span class="hours-most faint">{format.number(most)}</span>
        {hours.map((hour, at) => {
          const came = marks.filter(({ date }) => {
            const after = Date.parse(date) - Date.parse(hour);
            return after >= 0 && after < HOUR_MS;
          });
          const shown = parts.filter(({ counts }) => (counts[at] ?? 0) > 0);
          const tip = [
            `${moment(hour)}: ${t('failures.attempts', { n: sums[at] ?? 0 })}`,
            ...(parts.length > 1
              ? shown.map((part) => `${part.label}: ${format.number(part.counts[at] ?? 0)}`)
              : []),
            ...came.map((mark) => mark.label),
          ].join('\n');
          return (
            <div key={hour} class={`hours-column ${came.length > 0 ? 'hours-marked' : ''}`} data-tip={tip}>
              <div class="hours-bar" style={{ height: `${((sums[at] ?? 0) / most) * 100}%` }}>
                {shown.map((part) => (
                  <span
                    key={part.label}
                    style={{ flexGrow: part.counts[at] ?? 0, background: colorOf(parts.indexOf(part)) }}
                  />
                ))}
              </div>
            </div>
          );
        })}
      </div>
      <div class="hours-times faint" aria-hidden="true">
        {hours
          .filter((_, at) => at % step === 0)
          .map((hour) => (
            <span key={hour}>{moment(hour)}</span>
          ))}
      </div>
      <figcaption class="hours-legend">
        {parts.length > 1 &&
          parts.map((part, index) => (
            <span key={part.label} class="hours-key">
              <span class="hours-dot" style={{ background: colorOf(index) }} />
              <span class="hours-part">{part.label}</span>
              <span class="faint">{format.number(part.counts.reduce((sum, count) => sum + count, 0))}</span>
            </span>
          ))}
        {marks.map((mark) => (
          <span key={mark.label} class="hours-key">
            <span class="hours-line" />
            {mark.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const colorOf = (index: number): string =>
  `var(--${COLORS[Math.min(index, COLORS.length - 1)] ?? 'failed'}-solid)`;
