import type { ChannelFunctionView } from '../../../api/channels.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { Share } from '../../components/share.js';
import { RowLink, Table, type Column } from '../../components/table.js';
import { Duration } from '../../components/time.js';

const pathOf = ({ name }: ChannelFunctionView) => `functions/${encodeURIComponent(name)}`;

/** What the channel is busy with: that which takes most of its time first. */
export function ChannelFunctions({
  channel,
  functions,
}: {
  channel: string;
  functions: readonly ChannelFunctionView[];
}) {
  const { t, format } = useTexts();
  const counted = (id: 'waiting' | 'running' | 'failed', state: string): Column<ChannelFunctionView> => ({
    id,
    head: t(`functions.${id}`),
    align: 'end',
    cell: ({ name, [id]: count }) =>
      count === 0 ? (
        <span class="faint">0</span>
      ) : (
        <a
          class={`channels-count ${id === 'failed' ? 'channels-bad' : ''}`}
          href={pathTo('jobs', { state, name, channel })}
        >
          {format.number(count)}
        </a>
      ),
  });
  const columns: readonly Column<ChannelFunctionView>[] = [
    {
      id: 'name',
      head: t('functions.name'),
      grow: true,
      card: 'lead',
      cell: (row) => <RowLink href={pathOf(row)}>{row.name}</RowLink>,
    },
    counted('waiting', 'pending,enqueued'),
    counted('running', 'started'),
    counted('failed', 'failed'),
    {
      id: 'ended',
      head: t('channel.endedColumn'),
      align: 'end',
      from: 'm',
      cell: ({ ended }) => format.number(ended),
    },
    {
      id: 'total',
      head: t('channel.total'),
      align: 'end',
      cell: ({ total }) => (total === 0 ? <span class="faint">–</span> : <Duration seconds={total} />),
    },
    { id: 'share', head: t('channel.share'), align: 'end', cell: ({ share }) => <Share share={share} /> },
  ];
  return (
    <Card title={t('channel.functions')} hint={t('channel.functionsHint')} flush={functions.length > 0}>
      {functions.length === 0 ? (
        <p class="muted">{t('channel.noFunctions')}</p>
      ) : (
        <Table
          label={t('channel.functions')}
          columns={columns}
          rows={functions}
          rowKey={({ name }) => name}
          href={pathOf}
        />
      )}
    </Card>
  );
}
