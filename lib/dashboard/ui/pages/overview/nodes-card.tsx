import type { Overview } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { Card } from '../../components/card.js';
import { ProgressBar } from '../../components/progress-bar.js';

/** Who does the work, and how much of their room is in use. */
export function NodesCard({ nodes }: { nodes: Overview['nodes'] }) {
  const { t, format } = useTexts();
  const { alive, running, concurrency } = nodes;
  return (
    <Card
      title={t('overview.nodes')}
      actions={
        <a class="link overview-more" href="nodes">
          {t('common.showAll')}
        </a>
      }
    >
      {alive === 0 ? (
        <p class="overview-bad">{t('overview.nodesNone')}</p>
      ) : (
        <div class="overview-nodes">
          <span class="overview-figure">{t('overview.nodesAlive', { n: alive })}</span>
          <ProgressBar done={running} total={concurrency} label={t('overview.nodes')} />
          <span class="muted">
            {t('overview.slots', { n: concurrency, running: format.number(running) })}
          </span>
        </div>
      )}
    </Card>
  );
}
