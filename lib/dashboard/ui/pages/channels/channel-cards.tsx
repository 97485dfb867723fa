import type { ChannelLoad, ChannelProperties } from '../../../api/channels.api.js';
import type { AuditEntry } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { Notice } from '../../components/empty.js';
import { TimeAgo } from '../../components/time.js';
import { PROPERTIES, usePropertyText } from './origin.js';

/** The nodes that serve the channel, each with its running jobs of it. */
export function ChannelNodes({ nodes }: { nodes: ChannelLoad['nodes'] }) {
  const { t } = useTexts();
  return (
    <Card title={t('channel.nodes')} hint={t('channel.nodesHint')}>
      {nodes.length === 0 ? (
        <Notice tone="warn">{t('channel.noNodes')}</Notice>
      ) : (
        <ul class="channel-list">
          {nodes.map(({ id, name }) => (
            <li key={id}>
              <a class="link" href={pathTo('jobs', { state: 'enqueued,started', node: String(id) })}>
                {name} <span class="faint">#{id}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Who changed the channel, and how. */
export function ChannelChanges({ changes }: { changes: readonly AuditEntry[] }) {
  const { t } = useTexts();
  const sentence = useSentence();
  return (
    <Card title={t('channel.changes')}>
      {changes.length === 0 ? (
        <p class="muted">{t('channel.noChanges')}</p>
      ) : (
        <ol class="channel-list">
          {changes.map((entry) => (
            <li key={entry.id}>
              {sentence(entry)}{' '}
              <span class="faint">
                <TimeAgo date={entry.date} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function useSentence(): (entry: AuditEntry) => string {
  const { t } = useTexts();
  const show = usePropertyText();
  return ({ actor, action, details }) => {
    if (action === 'channels.reset') {
      return t('channel.was.reset', { actor });
    }
    const given = (details['change'] ?? {}) as Partial<ChannelProperties>;
    const parts = PROPERTIES.flatMap((property) => {
      const value = given[property];
      return value === undefined ? [] : `${t(`channels.${property}`)}: ${show(property, value)}`;
    });
    return t('channel.was.change', { actor, what: parts.join(', ') });
  };
}
