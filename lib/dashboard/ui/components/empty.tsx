import type { ComponentChildren } from 'preact';
import { useTexts } from '../app/app-context.js';
import type { ProblemError } from '../app/problem-error.js';
import { Button } from './button.js';
import './empty.css';
import { Icon, type IconName } from './icon.js';

/** Nothing here, why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={20} />
      </span>
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
      {actions !== undefined && <div class="row row-wrap empty-actions">{actions}</div>}
    </div>
  );
}

/** It couldn't be read: what the server said, and another try. */
export function ErrorState({ error, retry }: { error: ProblemError; retry: () => void }) {
  const { t } = useTexts();
  const unreachable = error.status === 0;
  const refused = error.status === 401 || error.status === 403;
  const title = unreachable ? t('error.unreachable') : refused ? t('app.forbidden') : error.problem.title;
  const text = unreachable ? t('error.unreachableHint') : refused ? t('app.forbiddenHint') : error.message;
  return (
    <div role="alert">
      <EmptyState
        icon={refused ? 'ban' : 'warning'}
        title={title}
        actions={
          <Button icon="retry" onClick={retry}>
            {t('common.retry')}
          </Button>
        }
      >
        <p>{text}</p>
        {error.problem.code !== undefined && <p class="mono">{error.problem.code}</p>}
      </EmptyState>
    </div>
  );
}

/** Above what was read before, when it can't be read again. */
export function StaleNotice({ error, retry }: { error: ProblemError; retry: () => void }) {
  const { t } = useTexts();
  return (
    <Notice
      tone="warn"
      actions={
        <Button size="s" icon="retry" onClick={retry}>
          {t('common.retry')}
        </Button>
      }
    >
      <strong>{error.status === 0 ? t('error.unreachable') : error.message}</strong> {t('error.stale')}
    </Notice>
  );
}

/** A strip of words above something. */
export function Notice({
  tone = 'info',
  children,
  actions,
}: {
  tone?: 'info' | 'warn' | 'bad';
  children: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'info' ? 'status' : 'alert'}>
      <Icon name={tone === 'info' ? 'info' : 'warning'} />
      <div class="grow">{children}</div>
      {actions}
    </div>
  );
}
