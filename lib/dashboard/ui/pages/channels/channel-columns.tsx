import type { ChannelView } from '../../../api/channels.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { IconButton } from '../../components/button.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { RowLink, type Column } from '../../components/table.js';
import { TimeAgo } from '../../components/time.js';
import { TreeCell, type TreeRow } from '../../components/tree.js';
import { Origin } from './origin.js';

type Row = TreeRow<ChannelView>;

const channelPath = (name: string): string => `channels/${encodeURIComponent(name)}`;

export interface ChannelActions {
  readonly toggle: (channel: ChannelView) => void;
  readonly edit: (channel: ChannelView) => void;
  readonly reset: (channel: ChannelView) => void;
}

/** @param actions Null for those who may only look. */
export function useChannelColumns(actions: ChannelActions | null): readonly Column<Row>[] {
  const { t } = useTexts();
  const counted = (id: 'waiting' | 'failed', state: string): Column<Row> => ({
    id,
    head: t(`channels.${id}`),
    align: 'end',
    cell: ({ item }) => <JobsOf channel={item.name} state={state} count={item[id]} bad={id === 'failed'} />,
  });
  return [
    {
      id: 'channel',
      head: t('channels.channel'),
      grow: true,
      card: 'lead',
      cell: (row) => (
        <TreeCell row={row}>
          <RowLink href={channelPath(row.id)}>
            <span class="channels-above">{row.id.slice(0, row.id.lastIndexOf('.') + 1)}</span>
            {row.id.slice(row.id.lastIndexOf('.') + 1)}
          </RowLink>
        </TreeCell>
      ),
    },
    { id: 'load', head: t('channels.load'), cell: ({ item }) => <Load channel={item} /> },
    counted('waiting', 'pending,enqueued'),
    counted('failed', 'failed'),
    {
      id: 'rules',
      head: t('channels.rules'),
      card: 'bare',
      cell: ({ item }) => <Rules channel={item} />,
    },
    { id: 'origin', head: t('channels.origin'), from: 'm', cell: ({ item }) => <Origin channel={item} /> },
    ...(actions === null
      ? []
      : [
          {
            id: 'actions',
            head: '',
            card: 'bare' as const,
            cell: ({ item }: Row) => <Actions channel={item} actions={actions} />,
          },
        ]),
  ];
}

/** How much of the capacity is in use; without one, how many run. */
function Load({ channel: { name, running, capacity } }: { channel: ChannelView }) {
  const { t, format } = useTexts();
  return (
    <span class="channels-load">
      <span class="channels-bar">
        {capacity !== null && (
          <ProgressBar
            done={running}
            total={capacity}
            label={`${t('channels.load')}: ${name}`}
            tone="started"
          />
        )}
      </span>
      <span>
        <JobsOf channel={name} state="started" count={running} />
        <span class="faint">
          {capacity === null ? ` · ${t('common.unlimited')}` : ` / ${format.number(capacity)}`}
        </span>
      </span>
    </span>
  );
}

function JobsOf({
  channel,
  state,
  count,
  bad = false,
}: {
  channel: string;
  state: string;
  count: number;
  bad?: boolean;
}) {
  const { format } = useTexts();
  return count === 0 ? (
    <span class="faint">0</span>
  ) : (
    <a class={`channels-count ${bad ? 'channels-bad' : ''}`} href={pathTo('jobs', { state, channel })}>
      {format.number(count)}
    </a>
  );
}

export function Rules({ channel }: { channel: ChannelView }) {
  const { paused, pause, pausedAbove, sequential, throttle, rate, fair, nextStart } = channel;
  const { t, format } = useTexts();
  return (
    <span class="channels-rules">
      {paused && (
        <span class="channels-pause">
          <Badge tone="warn" icon="pause">
            {t('channels.paused')}
          </Badge>
          {pause !== null && (
            <span class="faint">
              {t('channels.by', { actor: pause.actor })} <TimeAgo date={pause.date} />
            </span>
          )}
        </span>
      )}
      {!paused && pausedAbove !== null && (
        <Badge tone="warn" icon="pause">
          {t('channels.pausedAbove', { name: pausedAbove })}
        </Badge>
      )}
      {sequential && <Badge>{t('channels.sequential')}</Badge>}
      {throttle !== null && (
        <Badge icon="clock">{t('channels.throttled', { time: format.duration(throttle) })}</Badge>
      )}
      {rate !== null && (
        <Badge icon="clock">
          {t('channels.rated', { limit: format.number(rate.limit), time: format.duration(rate.per) })}
        </Badge>
      )}
      {fair && <Badge>{t('channels.fair')}</Badge>}
      {nextStart !== null && Date.parse(nextStart) > Date.now() && (
        <span class="faint">
          <TimeAgo date={nextStart} />
        </span>
      )}
    </span>
  );
}

function Actions({ channel, actions }: { channel: ChannelView; actions: ChannelActions }) {
  const { t } = useTexts();
  const { name, paused, changed } = channel;
  return (
    <span class="channels-actions">
      {Object.keys(changed).length > 0 && (
        <IconButton
          icon="undo"
          size="s"
          label={t('channels.reset', { name })}
          onClick={() => actions.reset(channel)}
        />
      )}
      <IconButton
        icon="edit"
        size="s"
        label={t('channels.edit', { name })}
        onClick={() => actions.edit(channel)}
      />
      <IconButton
        icon={paused ? 'play' : 'pause'}
        size="s"
        label={paused ? t('channels.resume', { name }) : t('channels.pause', { name })}
        onClick={() => actions.toggle(channel)}
      />
    </span>
  );
}
