import { useState } from 'preact/hooks';
import type { AuditEntry } from '../../../api/cluster.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useEvery } from '../../app/every.js';
import { pathTo } from '../../app/router.js';
import { usePages } from '../../app/pages.js';
import { Button } from '../../components/button.js';
import { OlderButton } from '../../components/older-button.js';
import { Listing } from '../../components/listing.js';
import { Page } from '../../components/page.js';
import { Table, type Column } from '../../components/table.js';
import { TimeAgo } from '../../components/time.js';
import { ValueTree } from '../../components/value-tree.js';
import { AuditFilters, readAuditQuery } from './audit-filters.js';
import { Said } from './said.js';
import { valueOf } from './value-of.js';
import './audit.css';

/** Who did what here. */
export function AuditPage() {
  const { api, router } = useApp();
  const { t } = useTexts();
  const query = readAuditQuery(router.place.value.query);
  const { data, error, loading, reload, older } = usePages<AuditEntry>(
    pathTo('audit', { ...query }),
    async (cursor, signal) => {
      const { entries, next } = await api.audit(
        { ...query, ...(cursor !== undefined && { cursor }) },
        signal,
      );
      return { items: entries, next };
    },
    { live: 5_000 },
  );
  // What changes a channel or a node changes no job.
  useEvery(10_000, () => !loading && reload());
  const columns = useAuditColumns();
  return (
    <Page title={t('page.audit')}>
      <AuditFilters query={query} />
      <Listing
        items={data?.items}
        error={error}
        retry={reload}
        none={{ icon: 'audit', title: t('audit.noneTitle'), hint: t('audit.noneHint') }}
      >
        {(all) => (
          <Table
            label={t('page.audit')}
            columns={columns}
            rows={all}
            rowKey={({ id }) => id}
            rowClass={() => 'audit-row'}
          />
        )}
      </Listing>
      <OlderButton older={older} busy={loading} />
    </Page>
  );
}

function useAuditColumns(): readonly Column<AuditEntry>[] {
  const { t } = useTexts();
  return [
    { id: 'date', head: t('audit.date'), card: 'bare', cell: ({ date }) => <TimeAgo date={date} /> },
    {
      id: 'target',
      head: t('audit.action'),
      grow: true,
      card: 'lead',
      cell: (entry) => (
        <div class="audit-target">
          <Said entry={entry} />
          <span class="audit-more">
            <span class="mono faint">{entry.action}</span>
            <Details details={entry.details} />
          </span>
        </div>
      ),
    },
  ];
}

/** What was asked and how it ended, folded. */
function Details({ details }: { details: AuditEntry['details'] }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  if (Object.keys(details).length === 0) {
    return null;
  }
  return (
    <>
      <Button
        kind="ghost"
        size="s"
        icon={open ? 'down' : 'right'}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t('audit.details')}
      </Button>
      {open && (
        <div class="audit-details">
          <ValueTree value={valueOf(details)} open={3} />
        </div>
      )}
    </>
  );
}
