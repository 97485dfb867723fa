import { useMemo, useState } from 'preact/hooks';
import type { GraphNodeView, GraphView } from '../../../api/cluster.api.js';
import type { JobState } from '../../../../job/job-state.js';
import { useTexts } from '../../app/app-context.js';
import { StateBadge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { RowLink, Table, type Column } from '../../components/table.js';

const STEP = 100;

/** The jobs of a graph, one below the other. */
export function GraphList({
  graph,
  only,
  path,
}: {
  graph: GraphView;
  only: JobState | null;
  /** Where the node at a place leads. */
  path: (at: number) => string;
}) {
  const { t } = useTexts();
  const [drawn, setDrawn] = useState(STEP);
  const rows = useMemo(
    () => graph.nodes.flatMap((node, at) => (only === null || node.state === only ? [{ ...node, at }] : [])),
    [graph, only],
  );
  const columns: readonly Column<GraphNodeView & { readonly at: number }>[] = [
    {
      id: 'job',
      head: t('jobs.job'),
      grow: true,
      card: 'lead',
      cell: ({ at, name, description }) => (
        <div class="jobs-title">
          <RowLink href={path(at)}>{description}</RowLink>
          <span class="jobs-under truncate mono">{name}</span>
        </div>
      ),
    },
    { id: 'state', head: t('jobs.state'), card: 'bare', cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'stuck',
      head: t('graph.stuckHead'),
      cell: ({ waitingFor }) =>
        waitingFor.length === 0 ? (
          <span class="faint">–</span>
        ) : (
          <a class="link" href={path(waitingFor[0] ?? 0)}>
            {graph.nodes[waitingFor[0] ?? 0]?.description.slice(0, 40)}
          </a>
        ),
    },
  ];
  return (
    <>
      <Card flush>
        <Table
          label={t('graph.list')}
          columns={columns}
          rows={rows.slice(0, drawn)}
          rowKey={({ uuid }) => uuid}
          href={({ at }) => path(at)}
        />
      </Card>
      {drawn < rows.length && (
        <Button icon="down" onClick={() => setDrawn(drawn + STEP)}>
          {t('common.more', { n: rows.length - drawn })}
        </Button>
      )}
    </>
  );
}
