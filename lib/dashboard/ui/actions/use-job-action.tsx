import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ActionProgress, JobActionName } from '../../api/actions.api.js';
import { useApp, useTexts } from '../app/app-context.js';
import { ActionDialog } from './action-dialog.js';
import { JobAction, type ActionTarget } from './job-action.js';
import { useReason } from './unchanged-list.js';

export interface JobActions {
  /** Counts, asks, does it, and says what has become of it. */
  readonly ask: (name: JobActionName, target: ActionTarget) => void;
  /** Has to stand somewhere on the page. */
  readonly dialog: VNode | null;
}

/**
 * Actions on jobs, each guarded by a question.
 *
 * @param ended Is called when one is over, however it went.
 * @example
 * ```tsx
 * const actions = useJobAction(() => list.reload());
 * <Button onClick={() => actions.ask('requeue', { filter: { failure: group.id } })}>…</Button>
 * {actions.dialog}
 * ```
 */
export function useJobAction(ended: (name: JobActionName, progress: ActionProgress) => void): JobActions {
  const { api, toasts } = useApp();
  const { t } = useTexts();
  const reasonOf = useReason();
  const [action, setAction] = useState<JobAction | null>(null);

  const ask = (name: JobActionName, target: ActionTarget) => {
    const next = new JobAction(name, target, api);
    setAction(next);
    void next.count();
  };
  const close = () => {
    action?.stop();
    setAction(null);
  };
  const over = (one: JobAction, progress: ActionProgress) => {
    ended(one.name, progress);
    const alone = 'jobs' in one.target && one.target.jobs.length === 1 && progress.error === undefined;
    if (alone) {
      // Of one job there is nothing to count: a word is enough.
      const [kept] = progress.unchanged;
      toasts.show(
        kept === undefined ? 'good' : 'bad',
        kept === undefined
          ? t(`act.changed.${one.name}`, { n: progress.changed })
          : `${t('act.unchanged', { n: 1 })} ${reasonOf(kept)}`,
      );
      setAction(null);
    }
  };
  return {
    ask,
    dialog: action === null ? null : <ActionDialog action={action} close={close} over={over} />,
  };
}
