import { useMemo } from 'preact/hooks';
import type { JobDetail } from '../../../api/jobs.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { EmptyState, ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { SkeletonRows } from '../../components/skeleton.js';
import { Tabs } from '../../components/tabs.js';
import type { PageProps } from '../../shell/routes.js';
import { JobButtons } from './job-buttons.js';
import { JobCode } from './job-code.js';
import { JobHead } from './job-head.js';
import { JobLog } from './job-log.js';
import { JobPayloads } from './job-payloads.js';
import { ObjectAudit } from '../audit/object-audit.js';
import { JobProperties } from './job-properties.js';
import { JobRelatives } from './job-relatives.js';
import { JobTimeline } from './job-timeline.js';
import { JobTries } from './job-attempts.js';
import './job.css';
import { LogTail } from './log-tail.js';
import { TimeStrip } from './time-strip.js';
import { useJob } from './use-job.js';
import { WaitNotice } from './wait-notice.js';

/** One job, all that there is to know of it. */
export function JobPage({ params }: PageProps) {
  const { t } = useTexts();
  const uuid = params['uuid'] ?? '';
  const { data: job, error, reload, lastLog } = useJob(uuid);
  if (job === undefined) {
    return (
      <Page title={t('job.title')}>
        {error === undefined ? (
          <SkeletonRows />
        ) : error.status === 404 ? (
          <EmptyState
            icon="search"
            title={t('job.gone')}
            actions={
              <a class="link" href="jobs">
                {t('job.toJobs')}
              </a>
            }
          >
            {t('job.goneHint')}
          </EmptyState>
        ) : (
          <ErrorState error={error} retry={reload} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={job.description.slice(0, 80)}
      heading={<JobHead job={job} />}
      actions={<JobButtons job={job} reload={reload} />}
    >
      {error !== undefined &&
        (error.status === 404 ? (
          <Notice tone="warn">{t('job.deleted')}</Notice>
        ) : (
          <StaleNotice error={error} retry={reload} />
        ))}
      <Warnings job={job} />
      <TimeStrip job={job} />
      <div class="job-columns">
        <JobTabs job={job} lastLog={lastLog} />
        <div class="job-side">
          <JobProperties job={job} />
          <ObjectAudit kind="jobs" target={job.uuid} />
          <JobTimeline job={job} />
          <JobRelatives job={job} />
        </div>
      </div>
    </Page>
  );
}

function Warnings({ job }: { job: JobDetail }) {
  const { t } = useTexts();
  return (
    <>
      {job.cancelling && (
        <Notice tone="warn">
          {job.cancelBy === null ? t('job.cancelling') : t('job.cancellingBy', { who: job.cancelBy })}
        </Notice>
      )}
      <WaitNotice job={job} />
    </>
  );
}

const TABS = ['arguments', 'tries', 'log', 'code'] as const;

function JobTabs({ job, lastLog }: { job: JobDetail; lastLog: string | null }) {
  const { api, router } = useApp();
  const { t, format } = useTexts();
  const tail = useMemo(() => new LogTail(job.uuid, api.logs), [job.uuid, api]);
  const asked = router.place.value.query.get('tab');
  const first = job.state === 'failed' ? 'tries' : job.state === 'started' ? 'log' : 'arguments';
  // What one looks at stays, whatever becomes of the job meanwhile.
  const opened = useMemo(() => first, [job.uuid]);
  const chosen = TABS.find((tab) => tab === asked) ?? opened;
  return (
    <div class="job-main">
      <Tabs
        label={t('job.parts')}
        tabs={TABS.map((id) => ({
          id,
          label: (
            <>
              {t(`job.tab.${id}`)}{' '}
              {id === 'tries' && job.attempts.length > 0 && (
                <span class="job-tab-count">{format.number(job.attempts.length)}</span>
              )}
            </>
          ),
        }))}
        chosen={chosen}
        choose={(tab) => router.go(pathTo(`jobs/${job.uuid}`, { tab }), { replace: true })}
      >
        {chosen === 'arguments' && <JobPayloads job={job} />}
        {chosen === 'tries' && <JobTries job={job} />}
        {chosen === 'log' && <JobLog job={job} tail={tail} lastLog={lastLog} />}
        {chosen === 'code' && <JobCode job={job} />}
      </Tabs>
    </div>
  );
}
