import { useEffect, useMemo } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Page } from '../../components/page.js';
import { FilterBar } from './filter-bar.js';
import type { JobSortName } from '../../../api/lists.api.js';
import { jobsPath, readFilters, readView, type Filters } from './filters.js';
import { GroupsView } from './groups-view.js';
import { JobList } from './job-list.js';
import { JobsView } from './jobs-view.js';
import { ListBar } from './list-bar.js';
import { ListDialogs } from './list-dialogs.js';
import { StateFilter } from './state-filter.js';
import './jobs.css';
import './lists.css';

/** All jobs, filtered as the address says. */
export function JobsPage() {
  const { router } = useApp();
  const { t } = useTexts();
  const filters = readFilters(router.place.value.query);
  const view = readView(router.place.value.query);
  const path = jobsPath(filters);
  const change = (next: Filters) => router.go(jobsPath(next, view));
  return (
    <Page title={t('page.jobs')} actions={<JobTotal filters={filters} path={path} />}>
      <div class="jobs-filters">
        <FilterBar filters={filters} change={change} />
        <StateFilter filters={filters} change={change} />
        <ListBar filters={filters} view={view} />
      </div>
      {view.group === null ? (
        <SortedJobs key={jobsPath(filters, view)} filters={filters} sort={view.sort} />
      ) : (
        <GroupsView filters={filters} by={view.group} />
      )}
      <ListDialogs filters={filters} view={view} />
    </Page>
  );
}

function SortedJobs({ filters, sort }: { filters: Filters; sort: JobSortName }) {
  return <JobsView list={useJobList(filters, sort)} />;
}

/** The list of an address: as it was left where one comes back to it, and then read again. */
function useJobList(filters: Filters, sort: JobSortName): JobList {
  const { api, cache } = useApp();
  const path = jobsPath(filters, { sort });
  const list = useMemo(() => {
    const kept = cache.get<JobList>(`list:${path}`) ?? new JobList(filters, sort, api.jobs);
    cache.set(`list:${path}`, kept);
    return kept;
  }, [path]);
  useEffect(() => {
    const shown = list.rows.peek();
    void (shown === null ? list.load() : list.refresh(shown.map(({ job }) => job.uuid)));
    return () => list.stop();
  }, [list]);
  return list;
}

function JobTotal({ filters, path }: { filters: Filters; path: string }) {
  const { api } = useApp();
  const { t } = useTexts();
  const { data } = useResource(`count:${path}`, (signal) => api.countJobs(filters, signal), { live: 5_000 });
  return (
    <span class="muted" aria-live="polite">
      {data !== undefined &&
        !(data.capped && data.count === 0) &&
        t(data.capped ? 'jobs.countCapped' : 'jobs.count', { n: data.count })}
    </span>
  );
}
