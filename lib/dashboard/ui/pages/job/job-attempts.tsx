import { useState } from 'preact/hooks';
import type { AttemptView, JobDetail } from '../../../api/jobs.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { EmptyState } from '../../components/empty.js';
import { Icon } from '../../components/icon.js';
import { Duration, TimeAgo } from '../../components/time.js';
import { ErrorDetails } from './error-details.js';
import { Download } from './job-payloads.js';

const STEP = 20;

/** Each attempt, the last first, with what went wrong. */
export function JobTries({ job }: { job: JobDetail }) {
  const { t } = useTexts();
  const [drawn, setDrawn] = useState(STEP);
  const attempts = job.attempts.toReversed();
  if (attempts.length === 0) {
    return (
      <EmptyState icon="play" title={t('job.noTries')}>
        {t('job.noTriesHint')}
      </EmptyState>
    );
  }
  return (
    <div class="job-stack">
      <Download job={job} field="error" />
      {attempts.slice(0, drawn).map((attempt, index) => (
        <Try key={attempt.retry} attempt={attempt} open={index === 0} />
      ))}
      {drawn < attempts.length && (
        <Button icon="down" onClick={() => setDrawn(drawn + STEP)}>
          {t('common.more', { n: attempts.length - drawn })}
        </Button>
      )}
    </div>
  );
}

function Try({
  attempt: { retry, node, dateStarted, dateEnded, seconds, error },
  open: first,
}: {
  attempt: AttemptView;
  open: boolean;
}) {
  const { t } = useTexts();
  const { nodeNames } = useApp();
  const [open, setOpen] = useState(first);
  const when = dateStarted ?? dateEnded;
  return (
    <section class="try">
      <button type="button" class="try-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={12} />
        <span class="try-title">{t('job.tryTitle', { n: retry })}</span>
        {error === null ? (
          <span class="grow" />
        ) : (
          <span class="try-error truncate grow">
            <strong>{error.name}</strong> {error.message.slice(0, 200)}
          </span>
        )}
        <span class="try-facts">
          {seconds !== null && <Duration seconds={seconds} />}
          {when !== null && <TimeAgo date={when} />}
        </span>
      </button>
      {open && (
        <div class="try-body">
          {node !== null && <p class="faint">{t('job.onNode', { node: nodeNames.titleOf(node) })}</p>}
          {error === null ? <p class="muted">{t('job.noError')}</p> : <ErrorDetails error={error} />}
        </div>
      )}
    </section>
  );
}
