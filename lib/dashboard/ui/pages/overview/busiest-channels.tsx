import type { Overview } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { Card } from '../../components/card.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { TailText } from '../../components/tail-text.js';
import { RowLink, Table, type Column } from '../../components/table.js';

type Busy = Overview['busiest'][number];

const linkTo = ({ channel }: Busy) => `channels/${encodeURIComponent(channel)}`;

/** Where the work is. */
export function BusiestChannels({ channels }: { channels: Overview['busiest'] }) {
  const { t, format } = useTexts();
  const columns: readonly Column<Busy>[] = [
    {
      id: 'channel',
      head: t('overview.channel'),
      grow: true,
      card: 'lead',
      cell: (row) => (
        <RowLink href={linkTo(row)}>
          <TailText text={row.channel} />
        </RowLink>
      ),
    },
    {
      id: 'load',
      head: t('overview.load'),
      card: 'line',
      cell: (row) => <Load row={row} />,
    },
    { id: 'waiting', head: t('overview.waiting'), align: 'end', cell: (row) => format.number(row.waiting) },
    { id: 'ended', head: t('overview.ended'), align: 'end', cell: (row) => format.number(row.ended) },
  ];
  return (
    <Card title={t('overview.busiest')} hint={t('overview.busiestHint')} flush={channels.length > 0}>
      {channels.length === 0 ? (
        <p class="muted">{t('overview.busiestNone')}</p>
      ) : (
        <Table
          label={t('overview.busiest')}
          columns={columns}
          rows={channels}
          rowKey={(row) => row.channel}
          href={linkTo}
        />
      )}
    </Card>
  );
}

/** How much of its capacity is in use; without one, how many run. */
function Load({ row }: { row: Busy }) {
  const { t, format } = useTexts();
  if (row.capacity === null) {
    return <span>{format.number(row.running)}</span>;
  }
  return (
    <span class="overview-load">
      <span class="overview-bar">
        <ProgressBar
          done={row.running}
          total={row.capacity}
          label={`${t('overview.load')}: ${row.channel}`}
          tone="started"
        />
      </span>
      {format.number(row.running)}/{format.number(row.capacity)}
    </span>
  );
}
