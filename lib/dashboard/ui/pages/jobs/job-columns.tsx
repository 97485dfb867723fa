import { useMemo } from 'preact/hooks';
import { useTexts } from '../../app/app-context.js';
import { StateBadge } from '../../components/badge.js';
import { NodeLabel } from '../../components/node-label.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { RowLink, type Column } from '../../components/table.js';
import { TailText } from '../../components/tail-text.js';
import { Duration, Since, TimeAgo } from '../../components/time.js';
import { pathTo } from '../../app/router.js';
import type { JobRow } from './job-list.js';
import type { SaidReason } from './use-waits.js';
import { chosenColumns, COLUMNS, type ColumnId } from './list-settings.js';

/** What the list says of each job: the job and its state, and what else was chosen. */
export function useJobColumns(waits: ReadonlyMap<string, SaidReason>): readonly Column<JobRow>[] {
  const { t } = useTexts();
  const chosen = chosenColumns.value;
  return useMemo(
    () => [
      { id: 'job', head: t('jobs.job'), grow: true, card: 'lead', cell: (row) => <Title row={row} /> },
      {
        id: 'state',
        head: t('jobs.state'),
        card: 'bare',
        cell: (row) => <State row={row} wait={waits.get(row.job.uuid)} />,
      },
      ...COLUMNS.filter((id) => chosen.includes(id)).map((id) => ({
        id,
        head: t(`list.column.${id}`),
        ...LOOKS[id],
      })),
    ],
    [t, chosen, waits],
  );
}

type Look = Omit<Column<JobRow>, 'id' | 'head'>;

const muted = (text: string | number | null) =>
  text === null ? <span class="faint">–</span> : <span class="muted">{text}</span>;
/** A name of a function or channel, by whose end it is told from others. */
const Named = ({ text, mono = false }: { text: string; mono?: boolean }) => (
  <span class={`jobs-named muted ${mono ? 'mono' : ''}`}>
    <TailText text={text} />
  </span>
);
const ago = (date: string | null) =>
  date === null ? (
    <span class="faint">–</span>
  ) : (
    <span class="muted">
      <TimeAgo date={date} />
    </span>
  );

const LOOKS: Readonly<Record<ColumnId, Look>> = {
  function: { from: 'm', card: 'none', cell: ({ job }) => <Named text={job.name} mono /> },
  channel: { from: 'm', card: 'none', cell: ({ job }) => <Named text={job.channel} /> },
  priority: { from: 'l', align: 'end', card: 'none', cell: ({ job }) => muted(job.priority) },
  tries: {
    from: 'l',
    align: 'end',
    card: 'none',
    cell: ({ job }) => (
      <span class={job.retry > 1 ? 'jobs-tries' : 'faint'}>
        {job.retry}/{job.maxRetries === 0 ? '∞' : job.maxRetries}
      </span>
    ),
  },
  node: {
    from: 'l',
    card: 'none',
    cell: ({ job }) =>
      job.node === null ? (
        muted(null)
      ) : (
        <span class="jobs-node muted">
          <NodeLabel id={job.node} />
        </span>
      ),
  },
  user: { from: 'm', card: 'none', cell: ({ job }) => muted(job.userId) },
  tags: { from: 'm', card: 'none', cell: ({ job }) => <Tags of={job.tags} /> },
  wait: { from: 'm', align: 'end', card: 'none', cell: ({ job }) => <Wait job={job} /> },
  time: { align: 'end', card: 'bare', cell: (row) => <Time row={row} /> },
  eta: { from: 'm', align: 'end', card: 'none', cell: ({ job }) => ago(job.eta) },
  created: { align: 'end', card: 'bare', cell: ({ job }) => ago(job.dateCreated) },
};

function Tags({ of }: { of: readonly string[] }) {
  return (
    <span class="jobs-tags">
      {of.map((tag) => (
        <a key={tag} class="tag" href={pathTo('jobs', { tag })}>
          {tag}
        </a>
      ))}
    </span>
  );
}

/** From when it could start to when it did. */
function Wait({ job }: Pick<JobRow, 'job'>) {
  const ready = Math.max(...[job.dateCreated, job.eta ?? job.dateCreated].map((date) => Date.parse(date)));
  return job.dateStarted === null ? (
    <span class="faint">–</span>
  ) : (
    <Duration seconds={Math.max(0, (Date.parse(job.dateStarted) - ready) / 1_000)} />
  );
}

/** Whether a job waits for another attempt. */
const isRetrying = ({ state, excName }: Pick<JobRow['job'], 'state' | 'excName'>): boolean =>
  state === 'pending' && excName !== null;

/** The description, and below it the function or what went wrong. */
function Title({ row: { job } }: { row: JobRow }) {
  const failed = job.excName !== null && (job.state === 'failed' || isRetrying(job));
  return (
    <div class="jobs-title">
      <RowLink href={`jobs/${job.uuid}`}>{job.description}</RowLink>
      <span class="jobs-under truncate">
        <Named text={job.name} mono />
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

function State({ row: { job, past }, wait }: { row: JobRow; wait: SaidReason | undefined }) {
  const { t } = useTexts();
  const held = wait === undefined ? null : t(`wait.short.${wait}`);
  const note = past === null ? (job.cancelling ? t('jobs.cancelling') : held) : t(`jobs.${past}`);
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
