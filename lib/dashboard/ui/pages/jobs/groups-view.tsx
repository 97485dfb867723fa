import type { JobGroupName, JobGroupPage } from '../../../api/lists.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Card } from '../../components/card.js';
import { EmptyState, ErrorState, StaleNotice } from '../../components/empty.js';
import { SkeletonRows } from '../../components/skeleton.js';
import { RowLink, Table, type Column } from '../../components/table.js';
import { jobsPath, withFilter, type Filters } from './filters.js';

type Group = JobGroupPage['groups'][number];
const HOUR = 3_600_000;

/** The jobs of the filter counted by what they have in common; each count leads to its jobs. */
export function GroupsView({ filters, by }: { filters: Filters; by: JobGroupName }) {
  const { api } = useApp();
  const { t, format } = useTexts();
  const key = `groups:${by}:${jobsPath(filters)}`;
  const { data, error, reload } = useResource(key, (signal) => api.jobGroups({ ...filters, by }, signal), {
    live: 5_000,
  });
  if (data === undefined) {
    return (
      <Card flush>
        {error === undefined ? <SkeletonRows rows={8} /> : <ErrorState error={error} retry={reload} />}
      </Card>
    );
  }
  const most = Math.max(1, ...data.groups.map(({ count }) => count));
  const plus = data.countedTo === null ? '' : '+';
  const columns: readonly Column<Group>[] = [
    {
      id: 'key',
      head: t(by === 'state' ? 'jobs.state' : `list.group.${by}`),
      grow: true,
      card: 'lead',
      cell: ({ key: of }) => <GroupName by={by} of={of} filters={filters} />,
    },
    {
      id: 'share',
      head: '',
      from: 'm',
      card: 'none',
      cell: ({ count }) => (
        <span class="groups-bar" aria-hidden="true">
          <span style={{ width: `${(100 * count) / most}%` }} />
        </span>
      ),
    },
    {
      id: 'count',
      head: t('page.jobs'),
      align: 'end',
      card: 'bare',
      cell: ({ count }) => format.number(count) + plus,
    },
  ];
  return (
    <div class="jobs-list">
      {error !== undefined && <StaleNotice error={error} retry={reload} />}
      <Card flush>
        {data.groups.length === 0 ? (
          <EmptyState icon="filter" title={t('jobs.noneTitle')}>
            {t('jobs.noneHint')}
          </EmptyState>
        ) : (
          <Table
            label={t('list.groups')}
            columns={columns}
            rows={data.groups}
            rowKey={({ key: of }) => String(of)}
            href={({ key: of }) => pathOf(filters, by, of)}
          />
        )}
      </Card>
      <p class="jobs-end faint">
        {data.others > 0 && t('list.others', { n: data.others })}{' '}
        {data.countedTo !== null && t('list.countedTo', { date: format.exact(data.countedTo) })}
      </p>
    </div>
  );
}

function GroupName({ by, of, filters }: { by: JobGroupName; of: string | null; filters: Filters }) {
  const { t, format } = useTexts();
  const name = of === null ? t('common.none') : by === 'hour' ? format.exact(of) : of;
  return of === null ? (
    <span class="faint">{name}</span>
  ) : (
    <RowLink href={pathOf(filters, by, of)}>{name}</RowLink>
  );
}

/** The jobs of a group; those that have nothing in common are all of the list. */
function pathOf(filters: Filters, by: JobGroupName, of: string | null): string {
  if (of === null) {
    return jobsPath(filters);
  }
  if (by !== 'hour') {
    return jobsPath(withFilter(filters, by, of));
  }
  const end = new Date(Date.parse(of) + HOUR).toISOString();
  return jobsPath({ ...withFilter(withFilter(filters, 'since', ''), 'until', ''), from: of, to: end });
}
