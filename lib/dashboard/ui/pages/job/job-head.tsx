import type { JobDetail } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { StateBadge } from '../../components/badge.js';
import { LongText } from '../../components/long-text.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { Since } from '../../components/time.js';

/** What it is called, how it is, and how far. */
export function JobHead({ job }: { job: JobDetail }) {
  const { t, format } = useTexts();
  const { progress } = job;
  return (
    <span class="job-head">
      <a class="job-crumb" href="jobs">
        {t('page.jobs')}
      </a>
      <span class="job-title">
        <LongText text={job.fullDescription} first={300} />
      </span>
      <span class="job-under">
        <StateBadge state={job.state} retrying={job.state === 'pending' && job.excName !== null} />
        <a class="mono job-name" href={`functions/${encodeURIComponent(job.name)}`}>
          {job.name}
        </a>
        {job.state === 'started' && job.dateStarted !== null && <Since date={job.dateStarted} />}
        {progress !== null && job.state === 'started' && (
          <span class="job-progress">
            <ProgressBar done={progress.done} total={progress.total} label={t('job.progress')} />
            <span>
              {format.number(progress.done)}
              {progress.total !== null && ` / ${format.number(progress.total)}`}
            </span>
          </span>
        )}
      </span>
    </span>
  );
}
