import { useApp, useTexts } from '../../app/app-context.js';
import { useEvery } from '../../app/every.js';
import { useResource } from '../../app/resource.js';
import { Card } from '../../components/card.js';
import { EmptyState, ErrorState, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import { DeadNodes } from './dead-nodes.js';
import { NodeCard } from './node-card.js';
import { useNodeActions } from './use-node-actions.js';
import './nodes.css';

/** The processes that run jobs. */
export function NodesPage() {
  const { api } = useApp();
  const { t } = useTexts();
  const nodes = useResource('nodes', (signal) => api.nodes(signal), { live: 2_000 });
  const { data, error, loading, reload } = nodes;
  // A heartbeat changes no job.
  useEvery(5_000, () => !loading && reload());
  const ask = useNodeActions(nodes);
  const living = data?.filter(({ state }) => state !== 'dead') ?? [];
  const dead = data?.filter(({ state }) => state === 'dead') ?? [];
  return (
    <Page
      title={t('page.nodes')}
      actions={living.length > 0 && <span class="muted">{t('nodes.alive', { n: living.length })}</span>}
    >
      {error !== undefined && data !== undefined && <StaleNotice error={error} retry={reload} />}
      {data === undefined ? (
        error === undefined ? (
          <div class="nodes">
            <Skeleton height="16rem" />
            <Skeleton height="16rem" />
          </div>
        ) : (
          <ErrorState error={error} retry={reload} />
        )
      ) : (
        <>
          {living.length === 0 && (
            <Card>
              <EmptyState icon="nodes" title={t('nodes.noneTitle')}>
                {t('nodes.noneHint')}
              </EmptyState>
            </Card>
          )}
          <div class="nodes">
            {living.map((node) => (
              <NodeCard key={node.id} node={node} ask={ask} />
            ))}
          </div>
          {dead.length > 0 && <DeadNodes nodes={dead} />}
        </>
      )}
    </Page>
  );
}
