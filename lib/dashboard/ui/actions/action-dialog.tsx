import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ActionProgress, JobActionName } from '../../api/actions.api.js';
import { useTexts } from '../app/app-context.js';
import type { Translate } from '../app/language.js';
import { Button } from '../components/button.js';
import { Dialog } from '../components/dialog.js';
import { ErrorState, Notice } from '../components/empty.js';
import { Icon } from '../components/icon.js';
import { ProgressBar } from '../components/progress-bar.js';
import { Skeleton } from '../components/skeleton.js';
import './action.css';
import { ActionScope } from './action-scope.js';
import type { ActionPhase, JobAction } from './job-action.js';
import { settingsOf } from './job-settings.js';
import { SettingsFields } from './settings-fields.js';
import { UnchangedList } from './unchanged-list.js';

const DANGEROUS: readonly JobActionName[] = ['cancel', 'delete'];

/** An action from its question to what has become of it. */
export function ActionDialog({
  action,
  close,
  over,
}: {
  action: JobAction;
  close: () => void;
  over: (action: JobAction, progress: ActionProgress) => void;
}) {
  const { t } = useTexts();
  const phase = action.phase.value;
  const told = useRef(false);
  useEffect(() => {
    if (phase.is === 'ended' && !told.current) {
      told.current = true;
      over(action, phase.progress);
    }
  }, [phase, action]);
  // Under way, it is stopped first, and says how far it has come.
  const leave = phase.is === 'running' ? () => action.stop() : close;
  return (
    <Dialog
      title={titleOf(action, phase, t)}
      close={leave}
      actions={<Buttons action={action} phase={phase} leave={leave} />}
    >
      <div class="act">
        <Body action={action} phase={phase} />
      </div>
    </Dialog>
  );
}

function titleOf({ name }: JobAction, phase: ActionPhase, t: Translate): string {
  if (phase.is === 'asking') return t(`act.ask.${name}`, { n: phase.count });
  if (phase.is === 'running') return t(`act.doing.${name}`);
  if (phase.is === 'ended') return t(`act.changed.${name}`, { n: phase.progress.changed });
  return t(`action.${name}`);
}

function Body({ action, phase }: { action: JobAction; phase: ActionPhase }): ComponentChildren {
  const { t } = useTexts();
  if (phase.is === 'refused') return <ErrorState error={phase.error} retry={() => void action.count()} />;
  if (phase.is === 'asking') return <Question action={action} phase={phase} />;
  if (phase.is === 'running') return <Running action={action} progress={phase.progress} />;
  if (phase.is === 'ended') return <Ended progress={phase.progress} />;
  return (
    <div role="status">
      {t('act.counting')} <Skeleton width="60%" />
    </div>
  );
}

function Buttons({ action, phase, leave }: { action: JobAction; phase: ActionPhase; leave: () => void }) {
  const { t } = useTexts();
  const { name } = action;
  if (phase.is === 'asking') {
    return (
      <>
        {/* Beside "Cancel 3 jobs", "Cancel" would be a trap. */}
        <Button onClick={leave}>{t(name === 'cancel' ? 'act.back' : 'common.cancel')}</Button>
        <Button
          kind={DANGEROUS.includes(name) ? 'danger' : 'primary'}
          disabled={
            phase.count === 0 || (name === 'update' && settingsOf(action.settings.value).set === null)
          }
          onClick={() => void action.run()}
        >
          {t(`act.yes.${name}`, { n: phase.count })}
        </Button>
      </>
    );
  }
  const word = phase.is === 'running' ? 'act.stop' : phase.is === 'ended' ? 'common.close' : 'common.cancel';
  return <Button onClick={leave}>{t(word)}</Button>;
}

function Question({
  action,
  phase: { count, grown, problem },
}: {
  action: JobAction;
  phase: Extract<ActionPhase, { is: 'asking' }>;
}) {
  const { t } = useTexts();
  const { name, target } = action;
  const allowed =
    'jobs' in target ? target.jobs.filter(({ actions }) => actions.includes(name)).length : count;
  return (
    <>
      {grown && <Notice tone="warn">{t('act.grown', { n: count })}</Notice>}
      <p>{t(`act.about.${name}`)}</p>
      <ActionScope target={target} />
      {name === 'update' && <SettingsFields action={action} problem={problem} />}
      {allowed < count && <p>{t('act.allowed', { n: count - allowed })}</p>}
    </>
  );
}

function Running({
  action: { name },
  progress: { seen, total, changed },
}: {
  action: JobAction;
  progress: ActionProgress;
}) {
  const { t, format } = useTexts();
  return (
    <>
      <ProgressBar done={seen} total={total === 0 ? null : total} label={t(`act.doing.${name}`)} />
      <p class="act-figures" aria-live="polite">
        {t('act.seen', { seen: format.number(seen), n: total })} · {t(`act.changed.${name}`, { n: changed })}
      </p>
    </>
  );
}

function Ended({ progress: { unchanged, error, seen, total } }: { progress: ActionProgress }) {
  const { t } = useTexts();
  const kept = unchanged.reduce((sum, { count }) => sum + count, 0);
  return (
    <div class="act" role="status">
      {error !== undefined && (
        <Notice tone="warn">
          {t('act.brokeOff', { n: total - seen })} {error}
        </Notice>
      )}
      {error === undefined && kept === 0 && (
        <p class="row">
          <span class="state-icon badge-done">
            <Icon name="done" />
          </span>
          {t('act.all')}
        </p>
      )}
      {kept > 0 && (
        <>
          <p>{t('act.unchanged', { n: kept })}</p>
          <UnchangedList unchanged={unchanged} />
        </>
      )}
    </div>
  );
}
