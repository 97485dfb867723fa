import { useState } from 'preact/hooks';
import type { NodeView } from '../../../api/cluster.api.js';
import { useTexts } from '../../app/app-context.js';
import { nodeTitle } from '../../app/node-names.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { RowLink, Table, type Column } from '../../components/table.js';
import { TimeAgo } from '../../components/time.js';

/** Those that have ended, folded away until somebody asks. */
export function DeadNodes({ nodes }: { nodes: readonly NodeView[] }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const columns: readonly Column<NodeView>[] = [
    {
      id: 'name',
      head: t('nodes.name'),
      grow: true,
      card: 'lead',
      cell: ({ id, name }) => (
        <RowLink href={pathTo('jobs', { node: String(id) })}>{nodeTitle({ id, name })}</RowLink>
      ),
    },
    { id: 'release', head: t('nodes.release'), from: 'm', cell: ({ release }) => release ?? '–' },
    { id: 'version', head: t('nodes.version'), from: 'm', cell: ({ version }) => version ?? '–' },
    { id: 'started', head: t('nodes.started'), cell: ({ dateStarted }) => <TimeAgo date={dateStarted} /> },
    {
      id: 'ended',
      head: t('nodes.ended'),
      cell: ({ dateEnded, dateSeen }) => <TimeAgo date={dateEnded ?? dateSeen} />,
    },
  ];
  return (
    <section class="nodes-dead">
      <Button kind="ghost" icon={open ? 'down' : 'right'} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('nodes.dead', { n: nodes.length })}
      </Button>
      {open && (
        <Card flush>
          <Table
            label={t('nodes.dead', { n: nodes.length })}
            columns={columns}
            rows={nodes}
            rowKey={({ id }) => String(id)}
          />
        </Card>
      )}
    </section>
  );
}
