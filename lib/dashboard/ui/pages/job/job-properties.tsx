import type { ComponentChildren } from 'preact';
import type { JobDetail } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Card } from '../../components/card.js';
import { CopyButton } from '../../components/copy-button.js';
import { NodeLabel } from '../../components/node-label.js';
import { Duration, TimeAgo } from '../../components/time.js';

/** What stands about a job in a word each; links lead to the jobs that share it. */
export function JobProperties({ job }: { job: JobDetail }) {
  const { t, format } = useTexts();
  const { node, userId, graphUuid, batchUuid, identityKey } = job;
  return (
    <Card title={t('job.properties')}>
      <dl class="props">
        <Line name={t('job.uuid')}>
          <Copied text={job.uuid} />
        </Line>
        <Line name={t('jobs.channel')}>
          <a class="link" href={pathTo('jobs', { channel: job.channel })}>
            {job.channel}
          </a>
        </Line>
        <Line name={t('jobs.priority')}>{format.number(job.priority)}</Line>
        <Line name={t('jobs.tries')}>
          {job.retry} / {job.maxRetries === 0 ? '∞' : job.maxRetries}
        </Line>
        {node !== null && (
          <Line name={t('filter.node')}>
            <a class="link" href={pathTo('jobs', { node: String(node) })}>
              <NodeLabel id={node} />
            </a>
          </Line>
        )}
        {userId !== null && (
          <Line name={t('filter.user')}>
            <a class="link" href={pathTo('jobs', { user: userId })}>
              {userId}
            </a>
          </Line>
        )}
        {job.tags.length > 0 && (
          <Line name={t('list.column.tags')}>
            {job.tags.map((tag) => (
              <a key={tag} class="tag" href={pathTo('jobs', { tag })}>
                {tag}
              </a>
            ))}
          </Line>
        )}
        {identityKey !== null && (
          <Line name={t('job.identityKey')}>
            <Copied text={identityKey} href={pathTo('jobs', { key: identityKey })} />
          </Line>
        )}
        <Line name={t('jobs.created')}>
          <TimeAgo date={job.dateCreated} />
        </Line>
        {job.eta !== null && (
          <Line name={t('job.due')}>
            <TimeAgo date={job.eta} />
          </Line>
        )}
        {job.waitTime !== null && (
          <Line name={t('job.waitTime')}>
            <Duration seconds={job.waitTime} />
          </Line>
        )}
        {job.execTime !== null && (
          <Line name={t('job.runTime')}>
            <Duration seconds={job.execTime} />
          </Line>
        )}
        {job.timeout !== null && (
          <Line name={t('job.timeout')}>
            <Duration seconds={job.timeout} />
          </Line>
        )}
        {job.transactional && <Line name={t('job.transactional')}>{t('job.yes')}</Line>}
        {graphUuid !== null && (
          <Line name={t('filter.graph')}>
            <a class="link" href={`graphs/${graphUuid}`}>
              {t('job.openGraph')}
            </a>
          </Line>
        )}
        {batchUuid !== null && (
          <Line name={t('filter.batch')}>
            <a class="link" href={`batches/${batchUuid}`}>
              {t('job.openBatch')}
            </a>
          </Line>
        )}
      </dl>
    </Card>
  );
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="props-line">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Copied({ text, href }: { text: string; href?: string }) {
  const shown = text.slice(0, 300);
  return (
    <span class="props-copied">
      {href === undefined ? (
        <span class="mono truncate" data-tip={shown}>
          {shown}
        </span>
      ) : (
        <a class="link mono truncate" href={href} data-tip={shown}>
          {shown}
        </a>
      )}
      <CopyButton text={text} />
    </span>
  );
}
