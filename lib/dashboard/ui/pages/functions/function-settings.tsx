import type { ComponentChildren } from 'preact';
import type { FunctionView } from '../../../api/functions.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { isChanged } from './function-columns.js';
import { RetryPreview } from './retry-preview.js';
import { useRetryText } from './retry-text.js';

/** Its channel and its waits, what the code says of them, and the ways to change them and back. */
export function FunctionSettings({
  view,
  edit,
  put,
}: {
  view: FunctionView;
  edit: () => void;
  put: (answer: FunctionView) => void;
}) {
  const { may } = useRights();
  const { t } = useTexts();
  const retryText = useRetryText();
  const reset = useReset(view, put);
  const { declared, changed } = view;
  return (
    <Card
      title={t('functions.settings')}
      actions={
        may &&
        view.known && (
          <>
            {isChanged(view) && (
              <Button size="s" kind="ghost" icon="undo" onClick={() => void reset()}>
                {t('channels.backToCode')}
              </Button>
            )}
            <Button size="s" icon="edit" onClick={edit}>
              {t('functions.edit')}
            </Button>
          </>
        )
      }
    >
      <dl class="functions-settings">
        <Setting
          label={t('functions.channel')}
          changed={changed.channel !== null}
          code={declared?.channel ?? null}
        >
          <a class="link" href={pathTo('channels', { channel: view.channel })}>
            {view.channel}
          </a>
        </Setting>
        <Setting
          label={t('functions.retry')}
          changed={changed.retryPattern !== null}
          code={declared === null ? null : retryText(declared.retryPattern)}
        >
          {retryText(view.retryPattern)}
          <RetryPreview pattern={view.retryPattern} />
        </Setting>
      </dl>
    </Card>
  );
}

function Setting({
  label,
  changed,
  code,
  children,
}: {
  label: string;
  changed: boolean;
  code: string | null;
  children: ComponentChildren;
}) {
  const { t } = useTexts();
  return (
    <div class="functions-setting">
      <dt>{label}</dt>
      <dd>
        {children}
        {changed && (
          <span class="functions-origin">
            <Badge tone="accent">{t('functions.changed')}</Badge>
            {code !== null && <span class="faint">{t('channels.inCode', { value: code })}</span>}
          </span>
        )}
      </dd>
    </div>
  );
}

function useRights() {
  const app = useApp();
  return { may: app.may('functions') };
}

function useReset({ name }: FunctionView, put: (answer: FunctionView) => void): () => Promise<void> {
  const { api, dialogs, toasts } = useApp();
  const { t } = useTexts();
  return async () => {
    const title = t('functions.resetTitle');
    if (await dialogs.confirm({ title, body: name, yes: t('channels.backToCode') })) {
      try {
        put(await api.resetFunction(name));
        toasts.show('good', t('functions.resetDone'));
      } catch (cause) {
        toasts.show('bad', (cause as Error).message);
      }
    }
  };
}
