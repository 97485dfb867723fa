import type { GraphView } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { StateBadge } from '../../components/badge.js';
import { ProgressBar } from '../../components/progress-bar.js';

/** The job that is pointed at, in words. */
export function GraphCard({ graph, at }: { graph: GraphView; at: number | null }) {
  const { t } = useTexts();
  const node = at === null ? undefined : graph.nodes[at];
  return (
    <div class="graph-card-place" aria-live="polite">
      {node !== undefined && (
        <div class="graph-card">
          <div class="row">
            <StateBadge state={node.state} />
            <span class="mono truncate muted">{node.name}</span>
          </div>
          <strong class="graph-card-title">{node.description}</strong>
          {node.progress !== null && node.state === 'started' && (
            <ProgressBar done={node.progress.done} total={node.progress.total} label={t('job.progress')} />
          )}
          {node.waitingFor.length > 0 && (
            <span class="graph-bad">
              {t('graph.stuck')}{' '}
              {node.waitingFor
                .slice(0, 3)
                .map((parent) => graph.nodes[parent]?.description ?? '')
                .join(', ')}
            </span>
          )}
          <span class="faint">{t('graph.open')}</span>
        </div>
      )}
    </div>
  );
}
