import type { FailureGroup } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Sparkline } from '../../components/sparkline.js';
import { RowLink, type Column } from '../../components/table.js';
import { TimeAgo } from '../../components/time.js';
import { Muted } from './muted.js';

/** The jobs of a group, in the list of all jobs. */
export const failurePath = ({ id, count, name, excName }: FailureGroup): string =>
  count === 0
    ? pathTo('jobs', { state: 'pending', name, error: excName })
    : pathTo('jobs', { state: 'failed', failure: id });

/** The page of a group. */
export const groupPath = ({ id }: FailureGroup): string => pathTo('failures', { group: id });

/** @param requeue Null for those who may not. */
export function useFailureColumns(
  requeue: ((group: FailureGroup) => void) | null,
): readonly Column<FailureGroup>[] {
  const { t, format } = useTexts();
  return [
    {
      id: 'failure',
      head: t('failures.failure'),
      grow: true,
      card: 'lead',
      cell: (group) => <Failure group={group} />,
    },
    {
      id: 'count',
      head: t('failures.count'),
      align: 'end',
      cell: ({ count }) => (
        <span class={count === 0 ? 'faint' : 'failures-count'}>{format.number(count)}</span>
      ),
    },
    {
      id: 'retrying',
      head: t('failures.retrying'),
      align: 'end',
      cell: ({ retrying, name, excName }) =>
        retrying === 0 ? (
          <span class="faint">0</span>
        ) : (
          <a class="link failures-retrying" href={pathTo('jobs', { state: 'pending', name, error: excName })}>
            {format.number(retrying)}
          </a>
        ),
    },
    {
      id: 'day',
      head: t('failures.day'),
      from: 'm',
      cell: ({ spark }) => (
        <Sparkline
          values={spark}
          label={t('failures.spark', { n: spark.reduce((sum, value) => sum + value, 0) })}
        />
      ),
    },
    {
      id: 'first',
      head: t('failures.first'),
      from: 'l',
      cell: ({ firstSeen }) => <TimeAgo date={firstSeen} />,
    },
    { id: 'last', head: t('failures.last'), cell: ({ lastSeen }) => <TimeAgo date={lastSeen} /> },
    {
      id: 'actions',
      head: '',
      card: 'bare',
      cell: (group) => (
        <div class="failures-actions">
          <a class="button button-plain button-s" href={failurePath(group)}>
            {t('failures.show')}
          </a>
          {requeue !== null && group.count > 0 && (
            <Button
              size="s"
              icon="retry"
              aria-label={t('failures.requeueOf', { name: group.name, error: group.excName })}
              onClick={() => requeue(group)}
            >
              {t('failures.requeue')}
            </Button>
          )}
        </div>
      ),
    },
  ];
}

function Failure({ group }: { group: FailureGroup }) {
  const { t } = useTexts();
  return (
    <div class="failures-lead">
      <RowLink href={groupPath(group)}>
        <span class="failures-error">{group.excName}</span>
        <span class="mono failures-name">{group.name}</span>
      </RowLink>
      <span class="failures-message" data-tip={group.excMessage}>
        {group.excMessage}
      </span>
      {group.muted !== null && <Muted muted={group.muted} />}
      <span class="failures-samples faint">
        {t('failures.samples')}{' '}
        {group.jobs.slice(0, 4).map((uuid) => (
          <a key={uuid} class="link mono" href={`jobs/${encodeURIComponent(uuid)}`}>
            {uuid.slice(-8)}
          </a>
        ))}
      </span>
    </div>
  );
}
