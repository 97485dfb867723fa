import { useApp, useTexts } from '../app/app-context.js';
import { Button, IconButton } from './button.js';
import { Icon } from './icon.js';
import './toast-layer.css';

/** Shows what `app.toasts.show()` was given, and has it read aloud. */
export function ToastLayer() {
  const { toasts } = useApp();
  const { t } = useTexts();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.shown.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone}`}>
          <Icon name={toast.tone === 'good' ? 'done' : toast.tone === 'bad' ? 'failed' : 'info'} />
          <span class="grow">{toast.text}</span>
          {toast.action !== undefined && (
            <Button
              size="s"
              icon="undo"
              onClick={() => {
                toasts.close(toast.id);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton
            icon="close"
            size="s"
            label={t('common.close')}
            onClick={() => toasts.close(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}
