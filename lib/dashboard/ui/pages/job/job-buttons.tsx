import type { JobDetail } from '../../../api/jobs.api.js';
import { ACTIONS, rightFor } from '../../actions/selection-bar.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useKeys } from '../../app/keyboard.js';
import { Button } from '../../components/button.js';
import { RelatedAction } from './related-action.js';

/** What the state of the job and the rights of who is looking allow, and nothing else. */
export function JobButtons({ job, reload }: { job: JobDetail; reload: () => void }) {
  const app = useApp();
  const { t } = useTexts();
  const actions = useJobAction((name, { changed }) => {
    if (name === 'delete' && changed > 0) {
      app.router.go('jobs');
    } else {
      reload();
    }
  });
  const allowed = ACTIONS.filter(([name]) => job.actions.includes(name) && app.may(rightFor(name)));
  useKeys(
    allowed.flatMap(([name]) =>
      name === 'requeue' || name === 'cancel'
        ? [
            {
              keys: name === 'requeue' ? 'r' : 'c',
              group: 'page' as const,
              text: `action.${name}` as const,
              run: () => actions.ask(name, { jobs: [job] }),
            },
          ]
        : [],
    ),
    [job.uuid, job.actions.join(' ')],
  );
  return (
    <>
      {job.hasRelatedAction && <RelatedAction uuid={job.uuid} />}
      {allowed.map(([name, icon]) => (
        <Button
          key={name}
          icon={icon}
          kind={name === 'requeue' && job.state === 'failed' ? 'primary' : 'plain'}
          onClick={() => actions.ask(name, { jobs: [job] })}
        >
          {t(`action.${name}`)}
        </Button>
      ))}
      {actions.dialog}
    </>
  );
}
