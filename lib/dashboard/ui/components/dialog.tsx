import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import { Button, IconButton } from './button.js';
import './dialog.css';

/** Something to do before anything else. It is open while it stands. */
export function Dialog({
  title,
  close,
  children,
  actions,
  wide = false,
}: {
  title: string;
  close: () => void;
  children: ComponentChildren;
  actions?: ComponentChildren;
  wide?: boolean;
}) {
  const { t } = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    // The browser gives the focus back to where it was.
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${wide ? 'dialog-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={id} class="dialog-title">
            {title}
          </h2>
          <IconButton icon="close" label={t('common.close')} onClick={close} />
        </header>
        <div class="dialog-body">{children}</div>
        {actions !== undefined && <footer class="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}

/** Asks what `app.dialogs.confirm()` was given. */
export function ConfirmLayer() {
  const { dialogs } = useApp();
  const { t } = useTexts();
  const asked = dialogs.asked.value;
  if (asked === null) {
    return null;
  }
  return (
    <Dialog
      title={asked.title}
      close={() => asked.answer(false)}
      actions={
        <>
          <Button onClick={() => asked.answer(false)}>{t('common.cancel')}</Button>
          <Button kind={asked.danger === true ? 'danger' : 'primary'} onClick={() => asked.answer(true)}>
            {asked.yes}
          </Button>
        </>
      }
    >
      {asked.body}
    </Dialog>
  );
}
