import type { ComponentChildren } from 'preact';
import type { JobState } from '../../../job/job-state.js';
import { useTexts } from '../app/app-context.js';
import './badge.css';
import { Icon, type IconName } from './icon.js';

/** A word about a thing. */
export function Badge({
  tone = 'plain',
  icon,
  children,
}: {
  tone?: 'plain' | 'accent' | 'warn' | 'retrying' | JobState;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

/** The state of a job: colour, shape and word. `retrying`: it is pending since an attempt has failed. */
export function StateBadge({ state, retrying = false }: { state: JobState; retrying?: boolean }) {
  const { t } = useTexts();
  if (retrying) {
    return (
      <Badge tone="retrying" icon="retry">
        {t('state.retrying')}
      </Badge>
    );
  }
  return (
    <Badge tone={state} icon={state}>
      {t(`state.${state}`)}
    </Badge>
  );
}

/** Only the shape in its colour, where the word stands beside. */
export function StateIcon({ state, size = 16 }: { state: JobState; size?: number }) {
  return (
    <span class={`state-icon badge-${state}`}>
      <Icon name={state} size={size} />
    </span>
  );
}
