import { useState } from 'preact/hooks';
import type { JobDetail, TimelineEntry } from '../../../api/jobs.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { StateIcon } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { Duration } from '../../components/time.js';

/** The last of them; a job that was tried often has many. */
const SHOWN = 12;

/** The states of a job, one below the other, and the time between them. */
export function JobTimeline({ job: { timeline } }: { job: JobDetail }) {
  const { t } = useTexts();
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, timeline.length - SHOWN);
  return (
    <Card title={t('job.timeline')}>
      {hidden > 0 && (
        <Button kind="ghost" size="s" icon="up" onClick={() => setAll(true)}>
          {t('common.more', { n: hidden })}
        </Button>
      )}
      <ol class="line">
        {timeline.slice(hidden).map((entry, index) => (
          <Entry key={index + hidden} entry={entry} />
        ))}
      </ol>
    </Card>
  );
}

function Entry({ entry: { state, date, retry, node, seconds } }: { entry: TimelineEntry }) {
  const { t, format } = useTexts();
  const { nodeNames } = useApp();
  return (
    <li class="line-entry">
      <span class="line-icon">
        <StateIcon state={state === 'eta' ? 'pending' : state} />
      </span>
      <span class="line-words">
        <span class="line-state">
          {state === 'eta' ? t('job.due') : t(`state.${state}`)}
          {retry !== null && state === 'started' && <span class="faint"> {t('job.try', { n: retry })}</span>}
        </span>
        <span class="faint">
          <time dateTime={date}>{format.exact(date)}</time>
          {node !== null && state === 'started' && (
            <> · {t('job.onNode', { node: nodeNames.titleOf(node) })}</>
          )}
        </span>
      </span>
      {seconds !== null && (
        <span class="line-time">
          <Duration seconds={seconds} />
        </span>
      )}
    </li>
  );
}
