import type { AttentionItem } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { nodeTitle } from '../../app/node-names.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { Icon, type IconName } from '../../components/icon.js';
import { TimeAgo } from '../../components/time.js';

const ICONS: Readonly<Record<AttentionItem['kind'], IconName>> = {
  'no-node': 'nodes',
  silent: 'nodes',
  overdue: 'clock',
  failing: 'failures',
  paused: 'pause',
  closed: 'ban',
  stopped: 'failed',
  'paused-function': 'pause',
  unknown: 'functions',
  unserved: 'channels',
  late: 'clock',
};

/** What somebody has to do something about, each a link to where it is mended; nothing if all is well. */
export function NeedsAttention({ items }: { items: readonly AttentionItem[] }) {
  const { t } = useTexts();
  if (items.length === 0) {
    return null;
  }
  return (
    <Card title={t('attention.title')}>
      <ul class="attention">
        {items.map((item) => (
          <li key={keyOf(item)}>
            <a class="attention-item" href={targetOf(item)}>
              <Icon name={ICONS[item.kind]} />
              <span class="grow">
                <Sentence item={item} />
              </span>
              <Icon name="right" size={14} />
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Sentence({ item }: { item: AttentionItem }) {
  const { t, format } = useTexts();
  switch (item.kind) {
    case 'silent':
      return (
        <>
          {t('attention.silent', { name: nodeTitle({ id: item.node, name: item.name }) })}{' '}
          <TimeAgo date={item.since} />
        </>
      );
    case 'no-node':
      return t('attention.no-node');
    case 'overdue':
      return (
        <>
          {t('attention.overdue', { name: item.schedule })} <TimeAgo date={item.since} />
        </>
      );
    case 'failing':
      return t('attention.failing', { n: item.recent, usual: format.number(item.usual) });
    case 'paused':
      return (
        <>
          {t('attention.paused', { channel: item.channel, n: item.waiting })}
          {item.by !== null && (
            <span class="faint">
              {' '}
              {t('channels.by', { actor: item.by.actor })} <TimeAgo date={item.by.date} />
            </span>
          )}
        </>
      );
    case 'closed':
    case 'stopped':
      return t(`attention.${item.kind}`, { channel: item.channel, n: item.waiting });
    case 'paused-function':
      return (
        <>
          {t('attention.paused-function', { name: item.name, n: item.waiting })}
          <span class="faint">
            {' '}
            {item.actor !== null && t('channels.by', { actor: item.actor })} <TimeAgo date={item.since} />
          </span>
        </>
      );
    case 'unknown':
      return t('attention.unknown', { name: item.name });
    case 'unserved':
      return item.name === null
        ? t('attention.unserved', { channel: item.channel })
        : t('attention.unservedName', { channel: item.channel, name: item.name });
    case 'late':
    default:
      return t('attention.late', { time: format.duration(Math.round(item.seconds)) });
  }
}

function targetOf(item: AttentionItem): string {
  switch (item.kind) {
    case 'no-node':
    case 'silent':
    case 'unserved':
      return 'nodes';
    case 'overdue':
      return `schedules/${encodeURIComponent(item.schedule)}`;
    case 'paused-function':
      return `functions/${encodeURIComponent(item.name)}`;
    case 'failing':
      return 'failures';
    case 'paused':
    case 'closed':
      return pathTo('channels', { channel: item.channel });
    case 'unknown':
      return pathTo('jobs', { state: 'pending', name: item.name });
    case 'stopped':
    case 'late':
    default:
      return `jobs/${item.uuid}`;
  }
}

const keyOf = (item: AttentionItem): string =>
  `${item.kind}:${targetOf(item)}:${'name' in item ? item.name : ''}`;
