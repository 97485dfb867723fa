import type { JobDetail, RelatedJob } from '../../../api/jobs.api.js';
import { useTexts } from '../../app/app-context.js';
import { StateIcon } from '../../components/badge.js';
import { Card } from '../../components/card.js';

/** The jobs that it waits for, and those that wait for it. */
export function JobRelatives({ job }: { job: JobDetail }) {
  const { t } = useTexts();
  const { parents, children, moreRelatives, graphUuid } = job;
  if (parents.length + children.length === 0) {
    return null;
  }
  return (
    <Card
      title={t('job.relatives')}
      {...(graphUuid !== null && {
        actions: (
          <a class="link job-graph-link" href={`graphs/${graphUuid}`}>
            {t('job.openGraph')}
          </a>
        ),
      })}
    >
      <Relatives title={t('job.parents')} jobs={parents} />
      <Relatives title={t('job.children')} jobs={children} />
      {moreRelatives > 0 && <p class="faint">{t('common.more', { n: moreRelatives })}</p>}
    </Card>
  );
}

function Relatives({ title, jobs }: { title: string; jobs: readonly RelatedJob[] }) {
  const { t } = useTexts();
  return jobs.length === 0 ? null : (
    <section class="relatives">
      <h3 class="relatives-title">{title}</h3>
      <ul class="relatives-list">
        {jobs.map(({ uuid, name, description, state }) => (
          <li key={uuid}>
            <a class="relative" href={`jobs/${uuid}`} data-tip={name}>
              <StateIcon state={state} size={14} />
              <span class="truncate">{description}</span>
              <span class="hidden-visually">{t(`state.${state}`)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
