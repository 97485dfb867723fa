import type { ComponentChildren } from 'preact';
import type { NodeActionName, NodeView } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { nodeTitle } from '../../app/node-names.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { TailText } from '../../components/tail-text.js';
import { Since, TimeAgo } from '../../components/time.js';
import type { AskNode } from './use-node-actions.js';

/** Running jobs that are listed; the others are behind a link. */
const LISTED = 8;

const TONES = {
  alive: 'done',
  draining: 'warn',
  stopping: 'warn',
  suspect: 'failed',
  dead: 'plain',
} as const;
const ALLOWED: Readonly<Record<NodeView['state'], readonly NodeActionName[]>> = {
  alive: ['drain', 'stop'],
  draining: ['resume', 'stop'],
  stopping: [],
  suspect: ['stop'],
  dead: [],
};
const ICONS = { drain: 'pause', resume: 'play', stop: 'stop' } as const;

export function NodeCard({ node, ask }: { node: NodeView; ask: AskNode | null }) {
  const { t } = useTexts();
  const { state } = node;
  const title = nodeTitle(node);
  return (
    <Card
      title={
        <span class="node-title">
          <Badge tone={TONES[state]}>{t(`nodes.state.${state}`)}</Badge>
          <span class="node-name">
            <TailText text={title} />
          </span>
        </span>
      }
      actions={
        ask !== null &&
        ALLOWED[state].map((action) => (
          <Button
            key={action}
            size="s"
            kind="ghost"
            icon={ICONS[action]}
            aria-label={t(`nodes.${action}Of`, { name: title })}
            onClick={() => ask(node, action)}
          >
            {t(`nodes.${action}`)}
          </Button>
        ))
      }
    >
      <Facts node={node} />
      <Serves node={node} />
      <Slots node={node} />
      <Running node={node} />
    </Card>
  );
}

function Facts({ node }: { node: NodeView }) {
  const { t, format } = useTexts();
  const { dateSeen, dateStarted, version, release, memory, cpu, listens } = node;
  return (
    <dl class="node-facts">
      <Fact label={t('nodes.heartbeat')}>
        <TimeAgo date={dateSeen} />
      </Fact>
      <Fact label={t('nodes.up')}>
        <Since date={dateStarted} />
      </Fact>
      <Fact label={t('nodes.memory')}>{memory === null ? '–' : format.bytes(memory)}</Fact>
      <Fact label={t('nodes.cpu')}>
        {cpu === null ? '–' : <span data-tip={t('nodes.cpuHint')}>{format.percent(cpu)}</span>}
      </Fact>
      <Fact label={t('nodes.release')}>
        {release === null ? <span class="faint">–</span> : <TailText text={release} />}
      </Fact>
      <Fact label={t('nodes.version')}>
        <span data-tip={listens ? t('nodes.session') : t('nodes.lease')}>{version ?? '–'}</span>
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="node-fact">
      <dt>{label}</dt>
      <dd class="truncate">{children}</dd>
    </div>
  );
}

/** The channels that it serves, and the functions that it knows, which are many: counted until somebody opens them. */
function Serves({ node: { channels, functions } }: { node: NodeView }) {
  const { t } = useTexts();
  return (
    <div class="node-serves">
      <p>
        <span class="faint">{t('nodes.serves')}</span>{' '}
        {channels === null ? (
          t('nodes.allChannels')
        ) : (
          <span class="node-channels">
            {channels.map((channel) => (
              <a key={channel} class="link mono" href={pathTo('channels', { channel })}>
                {channel}
              </a>
            ))}
          </span>
        )}
      </p>
      <details class="node-functions">
        <summary>{t('nodes.functions', { n: functions.length })}</summary>
        <ul>
          {functions.map((name) => (
            <li key={name}>
              <a class="link mono" href={`functions/${encodeURIComponent(name)}`}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function Slots({ node: { id, name, running, concurrency } }: { node: NodeView }) {
  const { t, format } = useTexts();
  const words = t('nodes.slots', { n: concurrency, running: format.number(running.length) });
  return (
    <div class="node-slots">
      <ProgressBar done={running.length} total={concurrency} label={`${nodeTitle({ id, name })}: ${words}`} />
      <span class="muted">{words}</span>
    </div>
  );
}

function Running({ node: { id, running } }: { node: NodeView }) {
  const { t } = useTexts();
  if (running.length === 0) {
    return <p class="node-idle faint">{t('nodes.idle')}</p>;
  }
  return (
    <ul class="node-jobs" aria-label={t('nodes.jobs')}>
      {running.slice(0, LISTED).map((job) => (
        <li key={job.uuid} class="node-job">
          <a class="node-link truncate" href={`jobs/${job.uuid}`}>
            {job.description}
          </a>
          <span class="node-since muted">{job.dateStarted !== null && <Since date={job.dateStarted} />}</span>
        </li>
      ))}
      {running.length > LISTED && (
        <li class="node-job">
          <a class="link" href={pathTo('jobs', { state: 'started', node: String(id) })}>
            {t('nodes.moreJobs', { n: running.length - LISTED })}
          </a>
        </li>
      )}
    </ul>
  );
}
