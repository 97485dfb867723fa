import type { JobDetail } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { CodeBlock } from '../../components/code-block.js';

/** The call that would enqueue the job again. */
export function JobCode({ job }: { job: JobDetail }) {
  const { t } = useTexts();
  return (
    <div class="job-stack">
      <p class="muted">{t('job.codeHint')}</p>
      <CodeBlock text={job.code} label={t('job.tab.code')} />
    </div>
  );
}
