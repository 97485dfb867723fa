import { useEffect, useMemo } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Page } from '../../components/page.js';
import { FilterBar } from './filter-bar.js';
import { jobsPath, readFilters, type Filters } from './filters.js';
import { JobList } from './job-list.js';
import { JobsView } from './jobs-view.js';
import { StateFilter } from './state-filter.js';
import './jobs.css';

/** All jobs, filtered as the address says. */
export function JobsPage() {
  const { router } = useApp();
  const { t } = useTexts();
  const filters = readFilters(router.place.value.query);
  const path = jobsPath(filters);
  const change = (next: Filters) => router.go(jobsPath(next));
  return (
    <Page title={t('page.jobs')} actions={<JobTotal filters={filters} path={path} />}>
      <div class="jobs-filters">
        <FilterBar filters={filters} change={change} />
        <StateFilter filters={filters} change={change} />
      </div>
      <JobsView key={path} list={useJobList(filters, path)} />
    </Page>
  );
}

/** The list of an address: as it was left where one comes back to it, and then read again. */
function useJobList(filters: Filters, path: string): JobList {
  const { api, cache } = useApp();
  const list = useMemo(() => {
    const kept = cache.get<JobList>(`list:${path}`) ?? new JobList(filters, api.jobs);
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
