import { useMemo } from 'preact/hooks';
import { useTexts } from '../../app/app-context.js';
import { StateBadge } from '../../components/badge.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { RowLink, type Column } from '../../components/table.js';
import { Duration, Since, TimeAgo } from '../../components/time.js';
import type { JobRow } from './job-list.js';

/** What the list says of each job. */
export function useJobColumns(): readonly Column<JobRow>[] {
  const { t } = useTexts();
  return useMemo(
    () => [
      { id: 'job', head: t('jobs.job'), grow: true, card: 'lead', cell: (row) => <Title row={row} /> },
      { id: 'state', head: t('jobs.state'), card: 'bare', cell: (row) => <State row={row} /> },
      {
        id: 'channel',
        head: t('jobs.channel'),
        from: 'm',
        card: 'none',
        cell: ({ job }) => <span class="muted">{job.channel}</span>,
      },
      {
        id: 'tries',
        head: t('jobs.tries'),
        from: 'l',
        align: 'end',
        card: 'none',
        cell: ({ job }) => (
          <span class={job.retry > 1 ? 'jobs-tries' : 'faint'}>
            {job.retry}/{job.maxRetries === 0 ? '∞' : job.maxRetries}
          </span>
        ),
      },
      { id: 'time', head: t('jobs.time'), align: 'end', card: 'bare', cell: (row) => <Time row={row} /> },
      {
        id: 'created',
        head: t('jobs.created'),
        align: 'end',
        card: 'bare',
        cell: ({ job }) => (
          <span class="muted">
            <TimeAgo date={job.dateCreated} />
          </span>
        ),
      },
    ],
    [t],
  );
}

/** Whether a job waits for another attempt. */
export const isRetrying = ({ state, excName }: Pick<JobRow['job'], 'state' | 'excName'>): boolean =>
  state === 'pending' && excName !== null;

/** The description, and below it the function or what went wrong. */
function Title({ row: { job } }: { row: JobRow }) {
  const failed = job.excName !== null && (job.state === 'failed' || isRetrying(job));
  return (
    <div class="jobs-title">
      <RowLink href={`jobs/${job.uuid}`}>{job.description}</RowLink>
      <span class="jobs-under truncate">
        <span class="mono">{job.name}</span>
        {failed && (
          <span class="jobs-error">
            {' '}
            {job.excName}: {job.excMessage}
          </span>
        )}
      </span>
    </div>
  );
}

function State({ row: { job, past } }: { row: JobRow }) {
  const { t } = useTexts();
  const note = past === null ? (job.cancelling ? t('jobs.cancelling') : null) : t(`jobs.${past}`);
  return (
    <span class="jobs-state" {...(note !== null && { 'data-tip': note })}>
      <StateBadge state={job.state} retrying={isRetrying(job)} />
      {note !== null && <span class="jobs-note">{note}</span>}
    </span>
  );
}

/** How far it is, how long it took, or when it starts. */
function Time({ row: { job } }: { row: JobRow }) {
  if (job.state === 'started' && job.dateStarted !== null) {
    return (
      <span class="jobs-running">
        {job.progress !== null && (
          <span class="jobs-bar">
            <ProgressBar done={job.progress.done} total={job.progress.total} label={job.description} />
          </span>
        )}
        <Since date={job.dateStarted} />
      </span>
    );
  }
  if (job.state === 'pending' && job.eta !== null) {
    return (
      <span class="muted">
        <TimeAgo date={job.eta} />
      </span>
    );
  }
  return job.execTime === null ? <span class="faint">–</span> : <Duration seconds={job.execTime} />;
}
