import { useMemo, useRef } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { useLiveReload } from '../../app/resource.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { CodeBlock } from '../../components/code-block.js';
import { EmptyState, ErrorState, StaleNotice } from '../../components/empty.js';
import { useSelection } from '../../components/selection.js';
import { SkeletonRows } from '../../components/skeleton.js';
import { Table } from '../../components/table.js';
import { useJobColumns } from './job-columns.js';
import { density } from './list-settings.js';
import { PAGE_SIZE, type JobList, type JobRow } from './job-list.js';
import { useBulk } from './use-bulk.js';
import { useWaits } from './use-waits.js';

const EXAMPLE = `@Job()
async send(invoice: Invoice) { … }

await this.queue.withDelay(this.invoices).send(invoice);`;

const keyOf = ({ job }: JobRow) => job.uuid;

/** The rows, what comes before and after them, or why there are none. */
export function JobsView({ list }: { list: JobList }) {
  const { live } = useApp();
  const { t } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const rows = list.rows.value;
  const columns = useJobColumns(useWaits(rows ?? []));
  const keys = useMemo(() => (rows ?? []).map(keyOf), [rows]);
  const selection = useSelection(keys);
  const bulk = useBulk(list, rows ?? [], selection);
  useLiveReload(live, 1_500, () => void list.refresh(seenIn(box.current)));

  const error = list.error.value;
  const reload = () => void list.load();
  if (rows === null) {
    return (
      <Card flush>
        {error === null ? <SkeletonRows rows={10} /> : <ErrorState error={error} retry={reload} />}
      </Card>
    );
  }
  return (
    <div class={`jobs-list jobs-${density.value}`} ref={box}>
      {error !== null && <StaleNotice error={error} retry={reload} />}
      <NewJobs list={list} />
      {(rows.length > 0 || list.next.value === null) && (
        <Card flush>
          {rows.length === 0 ? (
            <Nothing list={list} />
          ) : (
            <Table
              label={t('page.jobs')}
              columns={columns}
              rows={rows}
              rowKey={keyOf}
              rowName={({ job }) => job.description}
              rowClass={({ past }) => (past === null ? '' : 'row-past')}
              href={({ job }) => `jobs/${job.uuid}`}
              selection={selection}
              rowKeys={bulk.rowKeys}
            />
          )}
        </Card>
      )}
      <Older list={list} />
      {bulk.parts}
    </div>
  );
}

/** They don't push away what somebody reads: they wait until they are asked for. */
function NewJobs({ list }: { list: JobList }) {
  const { t } = useTexts();
  const count = list.fresh.value;
  return (
    <div class="jobs-new" role="status">
      {count > 0 && (
        <Button
          kind="primary"
          size="s"
          icon="up"
          onClick={() => void list.load().then(() => window.scrollTo(0, 0))}
        >
          {count >= PAGE_SIZE ? t('jobs.newCapped', { n: count }) : t('jobs.new', { n: count })}
        </Button>
      )}
    </div>
  );
}

/** What comes below: older jobs, or how far back the search is. */
function Older({ list }: { list: JobList }) {
  const { t, format } = useTexts();
  const to = list.searchedTo.value;
  const n = list.rows.value?.length ?? 0;
  if (list.sort !== 'newest') {
    return <SortedEnd list={list} />;
  }
  if (list.next.value === null) {
    return n === 0 ? null : <p class="jobs-end faint">{t('jobs.end')}</p>;
  }
  if (to === null) {
    return (
      <div class="jobs-end">
        <Button busy={list.loading.value} icon="down" onClick={() => void list.older()}>
          {t('jobs.older')}
        </Button>
      </div>
    );
  }
  const values = { date: format.exact(to), n };
  return (
    <div class="jobs-end" role="status">
      {list.searching.value ? (
        <>
          <span class="jobs-searching muted">
            <span class="jobs-spinner" />
            {t('jobs.searching', values)}
          </span>
          <Button icon="stop" onClick={() => list.stop()}>
            {t('jobs.searchStop')}
          </Button>
        </>
      ) : (
        <>
          <span class="muted">{t('jobs.searchedTo', values)}</span>
          <Button icon="down" onClick={() => void list.search()}>
            {t('jobs.searchOn')}
          </Button>
        </>
      )}
    </div>
  );
}

/** In another order there is one page, which says what it is of. */
function SortedEnd({ list }: { list: JobList }) {
  const { t, format } = useTexts();
  const to = list.searchedTo.value;
  const n = list.rows.value?.length ?? 0;
  return (
    <p class="jobs-end faint">
      {n > 0 && t('list.first', { n })} {to !== null && t('list.countedTo', { date: format.exact(to) })}
    </p>
  );
}

function Nothing({ list }: { list: JobList }) {
  const { router } = useApp();
  const { t } = useTexts();
  if (Object.keys(list.filters).length === 0) {
    return (
      <EmptyState icon="jobs" title={t('jobs.emptyTitle')}>
        <p>{t('jobs.emptyHint')}</p>
        <CodeBlock text={EXAMPLE} label={t('jobs.emptyTitle')} />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="filter"
      title={t('jobs.noneTitle')}
      actions={<Button onClick={() => router.go('jobs')}>{t('jobs.clearFilters')}</Button>}
    >
      {t('jobs.noneHint')}
    </EmptyState>
  );
}

/** The keys of the rows in view, and a screen around it. */
function seenIn(box: HTMLElement | null): readonly string[] {
  const lines = [...(box?.querySelectorAll<HTMLElement>('tr[data-key]') ?? [])];
  return lines.flatMap((line) => {
    const { top, bottom } = line.getBoundingClientRect();
    const seen = bottom > -window.innerHeight && top < 2 * window.innerHeight;
    return seen ? [line.dataset['key'] ?? ''] : [];
  });
}
