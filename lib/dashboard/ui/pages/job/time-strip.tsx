import { useComputed } from '@preact/signals';
import type { JobDetail, TimelineEntry } from '../../../api/jobs.api.js';
import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import './time-strip.css';

const ENDED: readonly string[] = ['done', 'failed', 'cancelled'] satisfies JobState[];
/** More would be thinner than a line. */
const MOST = 120;

interface Span {
  readonly state: JobState;
  readonly seconds: number;
  readonly retry: number | null;
  readonly date: string;
}

/** Where the time of a job went: waiting and running, in its order, as long as they took. */
export function TimeStrip({ job }: { job: JobDetail }) {
  const { clock } = useApp();
  const { t, format } = useTexts();
  const last = job.timeline.at(-1);
  const open = last !== undefined && !ENDED.includes(last.state) && Date.parse(last.date) <= Date.now();
  // Only a job that goes on has to be drawn each second.
  const now = useComputed(() => (open ? clock.now.value : 0)).value;
  const spans = spansOf(job.timeline, open ? now : null);
  const sum = (wanted: (span: Span) => boolean) =>
    spans.filter(wanted).reduce((all, { seconds }) => all + seconds, 0);
  const ran = sum(({ state }) => state === 'started');
  const waited = sum(({ state }) => !ENDED.includes(state) && state !== 'started');
  const rested = sum(({ state }) => ENDED.includes(state));
  if (spans.length === 0) {
    return null;
  }
  const words = [
    t('job.waited', { time: format.duration(waited) }),
    t('job.ran', { time: format.duration(ran) }),
    ...(rested > 0 ? [t('job.rested', { time: format.duration(rested) })] : []),
  ];
  return (
    <div class="strip">
      <div class="strip-bar" role="img" aria-label={words.join(', ')}>
        {spans.slice(-MOST).map((span, index) => (
          <span
            key={index}
            class={`strip-span strip-${span.state}`}
            style={{ flexGrow: span.seconds }}
            data-tip={`${t(`state.${span.state}`)}: ${format.duration(span.seconds)}`}
          />
        ))}
      </div>
      <ul class="strip-words" aria-hidden="true">
        {JOB_STATES.map((state) => {
          const seconds = sum((span) => span.state === state);
          return (
            seconds > 0 && (
              <li key={state} class={`strip-word strip-${state}`}>
                {t(`state.${state}`)} <strong>{format.duration(seconds)}</strong>
              </li>
            )
          );
        })}
        {job.retry > 1 && (
          <li class="faint">
            {t('job.inTries', { n: job.retry, most: job.maxRetries === 0 ? '∞' : job.maxRetries })}
          </li>
        )}
      </ul>
    </div>
  );
}

function spansOf(timeline: readonly TimelineEntry[], now: number | null): readonly Span[] {
  return timeline.flatMap(({ state, date, retry, seconds }) => {
    const length = seconds ?? (now === null ? null : Math.max(0, (now - Date.parse(date)) / 1_000));
    // Due, and still to be taken: it waits on.
    return length === null
      ? []
      : [{ state: state === 'eta' ? 'pending' : state, seconds: length, retry, date }];
  });
}
