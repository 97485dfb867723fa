import type { JobDetail, PayloadField } from '../../../api/jobs.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { Card } from '../../components/card.js';
import { Icon } from '../../components/icon.js';
import { ValueTree } from '../../components/value-tree.js';

/** What the job was given, what it gave, and in which context. */
export function JobPayloads({ job }: { job: JobDetail }) {
  const { t } = useTexts();
  return (
    <div class="job-stack">
      <Card title={t('job.arguments')} actions={<Download job={job} field="args" />}>
        {job.args.length === 0 ? (
          <span class="faint">{t('job.noArguments')}</span>
        ) : (
          job.args.map((value, index) => (
            <ValueTree key={index} value={value} name={String(index)} path={`[${index}]`} />
          ))
        )}
      </Card>
      {job.result !== null && (
        <Card title={t('job.result')} actions={<Download job={job} field="result" />}>
          <ValueTree value={job.result} />
        </Card>
      )}
      {job.context !== null && (
        <Card title={t('job.context')} actions={<Download job={job} field="context" />}>
          <ValueTree value={job.context} />
        </Card>
      )}
    </div>
  );
}

/** All of what is too long to stand here. */
export function Download({ job, field }: { job: JobDetail; field: PayloadField }) {
  const { api } = useApp();
  const { t } = useTexts();
  return job.longer.includes(field) ? (
    <a
      class="button button-ghost button-s"
      href={api.textUrl(job.uuid, field)}
      download={`${job.uuid}-${field}.txt`}
    >
      <Icon name="down" size={14} />
      {t('job.download')}
    </a>
  ) : null;
}
