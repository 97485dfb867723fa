import { useState } from 'preact/hooks';
import type { FunctionView } from '../../../api/functions.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { TimeAgo } from '../../components/time.js';

/** That a function is paused, by whom and since when. */
export function FunctionPause({ view: { paused } }: { view: Pick<FunctionView, 'paused'> }) {
  const { t } = useTexts();
  return paused === null ? null : (
    <span class="functions-pause">
      <Badge tone="warn" icon="pause">
        {t('functions.paused')}
      </Badge>
      <span class="faint">
        {paused.by !== null && `${t('functions.pausedBy', { actor: paused.by })} `}
        <TimeAgo date={paused.since} />
      </span>
    </span>
  );
}

/** Pauses a function after a question, or resumes it; for a while it can be undone. */
export function PauseButton({ view, put }: { view: FunctionView; put: (answer: FunctionView) => void }) {
  const app = useApp();
  const { t } = useTexts();
  const [busy, setBusy] = useState(false);
  const { name, waiting, paused, known } = view;
  if (!app.may('functions') || !known) {
    return null;
  }
  const set = async (pause: boolean, undo: boolean): Promise<void> => {
    setBusy(true);
    try {
      put(await app.api.changeFunction(name, { paused: pause }));
      const text = t(pause ? 'functions.pausedNow' : 'functions.resumedNow', { name });
      const back = { label: t('common.undo'), run: () => void set(!pause, false) };
      app.toasts.show('good', text, undo ? back : undefined);
    } catch (cause) {
      app.toasts.show('bad', `${name}: ${(cause as Error).message}`);
    } finally {
      setBusy(false);
    }
  };
  const toggle = async () => {
    const title = t('functions.pauseTitle', { name });
    const body = t('functions.pauseBody', { n: waiting });
    const yes = t('functions.pause');
    if (paused !== null || (await app.dialogs.confirm({ title, body, yes }))) {
      await set(paused === null, true);
    }
  };
  return (
    <Button icon={paused === null ? 'pause' : 'play'} busy={busy} onClick={() => void toggle()}>
      {t(paused === null ? 'functions.pause' : 'functions.resume')}
    </Button>
  );
}
