import type { BatchView } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { StateBar } from '../../components/state-bar.js';
import { RowLink, type Column } from '../../components/table.js';
import { TimeAgo } from '../../components/time.js';

export const batchPath = ({ uuid }: Pick<BatchView, 'uuid'>): string => `batches/${encodeURIComponent(uuid)}`;

const TONES = { open: 'enqueued', closed: 'started', ended: 'done' } as const;

export function BatchState({ state }: { state: BatchView['state'] }) {
  const { t } = useTexts();
  return (
    <span data-tip={t(`batches.hint.${state}`)}>
      <Badge tone={TONES[state]}>{t(`batches.state.${state}`)}</Badge>
    </span>
  );
}

export function useBatchColumns(): readonly Column<BatchView>[] {
  const { t, format } = useTexts();
  return [
    {
      id: 'name',
      head: t('batches.batch'),
      grow: true,
      card: 'lead',
      cell: (batch) => (
        <RowLink href={batchPath(batch)}>{batch.name === '' ? t('batches.unnamed') : batch.name}</RowLink>
      ),
    },
    {
      id: 'state',
      head: t('batches.state'),
      card: 'bare',
      cell: ({ state }) => <BatchState state={state} />,
    },
    {
      id: 'progress',
      head: t('batches.progress'),
      cell: ({ counts, completeness, name }) => (
        <span class="batches-progress">
          <span class="batches-bar">
            <StateBar counts={counts} label={name} />
          </span>
          {format.percent(completeness)}
        </span>
      ),
    },
    {
      id: 'jobs',
      head: t('batches.jobs'),
      align: 'end',
      cell: ({ uuid, total }) => (
        <a class="batches-count" href={pathTo('jobs', { batch: uuid })}>
          {format.number(total)}
        </a>
      ),
    },
    {
      id: 'failed',
      head: t('batches.failed'),
      align: 'end',
      cell: ({ uuid, counts, failedPercentage }) =>
        counts.failed === 0 ? (
          <span class="faint">0</span>
        ) : (
          <a
            class="batches-count batches-bad"
            href={pathTo('jobs', { state: 'failed', batch: uuid })}
            data-tip={format.percent(failedPercentage / 100)}
          >
            {format.number(counts.failed)}
          </a>
        ),
    },
    {
      id: 'created',
      head: t('batches.created'),
      from: 'm',
      cell: ({ dateCreated }) => <TimeAgo date={dateCreated} />,
    },
    {
      id: 'ended',
      head: t('batches.ended'),
      from: 'l',
      card: 'none',
      cell: ({ dateEnded }) =>
        dateEnded === null ? <span class="faint">–</span> : <TimeAgo date={dateEnded} />,
    },
  ];
}
