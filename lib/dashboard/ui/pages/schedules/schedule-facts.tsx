import type { ComponentChildren } from 'preact';
import type { ScheduleView } from '../../../api/schedules.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { LastRun, Tick, useScheduleText } from './schedule-parts.js';

/** When a schedule ticks, in words and as the expression, and what became of its ticks. */
export function ScheduleFacts({ view }: { view: ScheduleView }) {
  const { t, format } = useTexts();
  const text = useScheduleText();
  const { cron, every, timeZone, jobName, channel, nextTicks, lastRun, ticks, skipped, missed } = view;
  const declared = view.declared;
  const isMoved = declared.cron !== cron || declared.every !== every || declared.timeZone !== timeZone;
  return (
    <dl class="schedules-facts">
      <Fact label={t('schedules.when')}>
        {text(view)}
        {cron !== null && <code class="schedules-own">{cron}</code>}
        {isMoved && (
          <span class="schedules-own faint">
            {t('channels.inCode', { value: `${text(declared)} ${declared.timeZone}` })}
          </span>
        )}
      </Fact>
      <Fact label={t('schedules.next')}>
        {nextTicks.length === 0
          ? '–'
          : nextTicks.map((tick) => (
              <div key={tick}>
                <Tick tick={tick} timeZone={timeZone} />
              </div>
            ))}
      </Fact>
      <Fact label={t('schedules.last')}>
        <LastRun run={lastRun} />
      </Fact>
      <Fact label={t('schedules.jobName')}>
        <a class="link" href={`functions/${encodeURIComponent(jobName)}`}>
          {jobName}
        </a>
      </Fact>
      <Fact label={t('functions.channel')}>
        {channel === null ? (
          t('schedules.asFunction')
        ) : (
          <a class="link" href={pathTo('channels', { channel })}>
            {channel}
          </a>
        )}
      </Fact>
      <Fact label={t('schedules.counts')}>
        {t('schedules.counted', {
          ticks: format.number(ticks),
          skipped: format.number(skipped),
          missed: format.number(missed),
        })}
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
