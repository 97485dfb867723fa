import { useState } from 'preact/hooks';
import type { ScheduleView } from '../../../api/schedules.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { usePages } from '../../app/pages.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Listing } from '../../components/listing.js';
import { OlderButton } from '../../components/older-button.js';
import { Page } from '../../components/page.js';
import { RowLink, Table, type Column } from '../../components/table.js';
import { ScheduleDialog } from './schedule-dialog.js';
import { LastRun, ScheduleBadges, schedulePath, Tick, useScheduleText } from './schedule-parts.js';
import './schedules.css';

/** What runs at set times. The address holds what is searched for. */
export function SchedulesPage() {
  const app = useApp();
  const { api, router } = app;
  const { t } = useTexts();
  const [adding, setAdding] = useState(false);
  const search = router.place.value.query.get('search') ?? '';
  const { data, error, loading, reload, older } = usePages<ScheduleView>(
    `schedules?${search}`,
    async (cursor, signal) => {
      const { schedules, next } = await api.schedules(
        { search, ...(cursor !== undefined && { cursor }) },
        signal,
      );
      return { items: schedules, next };
    },
    { live: 3_000 },
  );
  const mayAdd = app.may('schedules');
  const { data: jobNames = [] } = useResource('schedulable', async (signal) =>
    mayAdd
      ? (await api.functions(signal)).filter(({ schedulable }) => schedulable).map(({ name }) => name)
      : [],
  );
  const columns = useColumns();
  return (
    <Page
      title={t('page.schedules')}
      actions={
        <>
          <input
            class="input"
            type="search"
            value={search}
            aria-label={t('schedules.search')}
            placeholder={t('schedules.search')}
            onChange={(event) => router.go(pathTo('schedules', { search: event.currentTarget.value }))}
          />
          {mayAdd && jobNames.length > 0 && (
            <Button icon="plus" onClick={() => setAdding(true)}>
              {t('schedules.add')}
            </Button>
          )}
        </>
      }
    >
      <Listing
        items={data?.items}
        error={error}
        retry={reload}
        none={{ icon: 'clock', title: t('schedules.noneTitle'), hint: t('schedules.noneHint') }}
      >
        {(all) => (
          <Table
            label={t('page.schedules')}
            columns={columns}
            rows={all}
            rowKey={({ name }) => name}
            href={schedulePath}
          />
        )}
      </Listing>
      <OlderButton older={older} busy={loading} />
      {adding && (
        <ScheduleDialog view={null} jobNames={jobNames} saved={reload} close={() => setAdding(false)} />
      )}
    </Page>
  );
}

function useColumns(): readonly Column<ScheduleView>[] {
  const { t, format } = useTexts();
  const text = useScheduleText();
  return [
    {
      id: 'name',
      head: t('schedules.name'),
      grow: true,
      card: 'lead',
      cell: (view) => (
        <span class="schedules-lead">
          <span class="row">
            <RowLink href={schedulePath(view)}>{view.name}</RowLink>
            <ScheduleBadges view={view} />
          </span>
          <span class="schedules-words faint truncate">{text(view)}</span>
        </span>
      ),
    },
    {
      id: 'next',
      head: t('schedules.next'),
      cell: ({ nextTicks, timeZone }) =>
        nextTicks[0] === undefined ? (
          <span class="faint">–</span>
        ) : (
          <Tick tick={nextTicks[0]} timeZone={timeZone} />
        ),
    },
    { id: 'last', head: t('schedules.last'), cell: ({ lastRun }) => <LastRun run={lastRun} /> },
    {
      id: 'skipped',
      head: t('schedules.skipped'),
      align: 'end',
      from: 'm',
      cell: ({ skipped }) => format.number(skipped),
    },
  ];
}
