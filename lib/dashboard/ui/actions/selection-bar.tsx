import type { Right } from '../../api/cluster.api.js';
import type { JobActionName } from '../../api/actions.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { useApp, useTexts } from '../app/app-context.js';
import { Button, IconButton } from '../components/button.js';
import type { IconName } from '../components/icon.js';
import './action.css';

export const ACTIONS: readonly (readonly [JobActionName, IconName])[] = [
  ['run', 'play'],
  ['requeue', 'retry'],
  ['update', 'edit'],
  ['cancel', 'ban'],
  ['done', 'check'],
  ['delete', 'trash'],
];

/** The right that an action needs: who may requeue a job may also have it run now. */
export const rightFor = (name: JobActionName): Right => (name === 'run' ? 'requeue' : name);

/** What may be done with the jobs that are selected: those shown, or all that match. */
export function SelectionBar({
  jobs,
  everything,
  setEverything,
  clear,
  ask,
}: {
  jobs: readonly JobSummary[];
  /** All that match, seen or not. */
  everything: boolean;
  setEverything: (everything: boolean) => void;
  clear: () => void;
  ask: (name: JobActionName) => void;
}) {
  const app = useApp();
  const { t } = useTexts();
  return (
    <div class="act-bar" role="region" aria-label={t('act.bar')}>
      <span class="act-bar-count" role="status">
        {everything ? t('act.selectedAll') : t('act.selected', { n: jobs.length })}
      </span>
      <Button kind="ghost" size="s" onClick={() => setEverything(!everything)}>
        {everything ? t('act.onlyShown') : t('act.selectAll')}
      </Button>
      <div class="act-bar-buttons">
        {ACTIONS.filter(([name]) => app.may(rightFor(name))).map(([name, icon]) => {
          const allowed = everything || jobs.some(({ actions }) => actions.includes(name));
          return (
            <Button
              key={name}
              size="s"
              icon={icon}
              disabled={!allowed}
              {...(!allowed && { 'data-tip': t('act.none') })}
              onClick={() => ask(name)}
            >
              {t(`action.${name}`)}
            </Button>
          );
        })}
        <IconButton icon="close" size="s" label={t('act.clear')} onClick={clear} />
      </div>
    </div>
  );
}
