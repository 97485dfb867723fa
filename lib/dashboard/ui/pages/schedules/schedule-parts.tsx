import type { ScheduleRunView, ScheduleTiming, ScheduleView } from '../../../api/schedules.api.js';
import { useTexts } from '../../app/app-context.js';
import { Badge } from '../../components/badge.js';
import { TimeAgo } from '../../components/time.js';
import { scheduleWords } from './schedule-words.js';

export const schedulePath = ({ name }: Pick<ScheduleView, 'name'>): string =>
  `schedules/${encodeURIComponent(name)}`;

/** When it ticks in words; the expression itself where there are none. */
export function useScheduleText(): (timing: ScheduleTiming) => string {
  const { t, format } = useTexts();
  const weekday = (day: number): string =>
    // 4 January 1970 was a Sunday.
    format.date(Date.UTC(1970, 0, 4 + day), { weekday: 'short', timeZone: 'UTC' });
  return (timing) => {
    const words = scheduleWords(timing);
    if (words === null) return timing.cron ?? '';
    if (words.kind === 'every') return t('schedules.every', { time: format.duration(words.seconds) });
    const times = words.times.join(', ');
    const { days } = words;
    if (days.kind === 'daily') return t('schedules.daily', { times });
    if (days.kind === 'weekdays')
      return t('schedules.weekdays', { times, days: days.days.map(weekday).join(', ') });
    return days.day === 'last'
      ? t('schedules.lastDay', { times })
      : t('schedules.monthly', { times, day: days.day });
  };
}

/** A tick on the wall clock of its zone, and on that of the reader where it shows another time. */
export function Tick({ tick, timeZone }: { tick: string; timeZone: string }) {
  const { t, format } = useTexts();
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  const there = format.date(Date.parse(tick), { ...options, timeZone });
  const here = format.date(Date.parse(tick), options);
  return (
    <time dateTime={tick}>
      {there} <span class="faint">{timeZone}</span>
      {here !== there && <span class="schedules-own faint">{t('schedules.yours', { time: here })}</span>}
    </time>
  );
}

/** What is unusual about a schedule. */
export function ScheduleBadges({ view }: { view: ScheduleView }) {
  const { t } = useTexts();
  return (
    <>
      {view.paused !== null && <Badge tone="warn">{t('schedules.paused')}</Badge>}
      {view.gone && <Badge tone="warn">{t('schedules.gone')}</Badge>}
      {view.changed.length > 0 && <Badge tone="accent">{t('functions.changed')}</Badge>}
    </>
  );
}

/** The last job, by its state and time. */
export function LastRun({ run }: { run: ScheduleRunView | null }) {
  const { t } = useTexts();
  if (run === null) return <span class="faint">–</span>;
  return (
    <a class="link" href={`jobs/${run.uuid}`}>
      {t(`state.${run.state}`)} <TimeAgo date={run.date ?? run.scheduledAt} />
    </a>
  );
}

/** The last runs, the newest at the right. */
export function RunStrip({ runs }: { runs: readonly ScheduleRunView[] }) {
  const { t, format } = useTexts();
  return (
    <ol class="schedules-strip" aria-label={t('schedules.strip')}>
      {runs.toReversed().map((run) => {
        const text = `${format.exact(run.scheduledAt)}: ${t(`state.${run.state}`)}`;
        return (
          <li key={run.uuid}>
            <a
              class={`schedules-run schedules-${run.state}`}
              href={`jobs/${run.uuid}`}
              aria-label={text}
              data-tip={text}
            />
          </li>
        );
      })}
    </ol>
  );
}
