import { useState } from 'preact/hooks';
import type { FunctionChangeRequest, FunctionView } from '../../../api/functions.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { ProblemError } from '../../app/problem-error.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Notice } from '../../components/empty.js';
import { Field } from '../../components/field.js';
import { RetryEditor } from './retry-editor.js';
import { inputsOf, readInputs, samePattern, type Pattern } from './retry-pattern.js';
import { RetryPreview } from './retry-preview.js';

/** Changes the channel and the waits of a function, at once and on all nodes. */
export function FunctionDialog({
  view,
  put,
  close,
}: {
  view: FunctionView;
  put: (answer: FunctionView) => void;
  close: () => void;
}) {
  const { api, toasts } = useApp();
  const { t } = useTexts();
  const [first] = useState(view);
  const [channel, setChannel] = useState(view.channel);
  const [inputs, setInputs] = useState(inputsOf(view.retryPattern));
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [busy, setBusy] = useState(false);
  const { pattern, errors } = readInputs(inputs);
  const change = changeOf(first, channel.trim(), pattern);
  const untouched = Object.keys(change).length === 0;
  const submit = async () => {
    if (untouched || errors.size > 0) {
      return;
    }
    setBusy(true);
    try {
      put(await api.changeFunction(view.name, change));
      toasts.show('good', t('functions.saved'));
      close();
    } catch (cause) {
      setProblem(cause instanceof ProblemError ? cause : ProblemError.unreachable(cause));
      setBusy(false);
    }
  };
  const messageOf = (path: string) => problem?.problem.errors?.find((error) => error.path === path)?.message;
  const placed = messageOf('channel') ?? messageOf('retryPattern');
  return (
    <Dialog
      wide
      title={view.name}
      close={close}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={untouched || errors.size > 0}
            onClick={() => void submit()}
          >
            {t('edit.save')}
          </Button>
        </>
      }
    >
      <form
        class="functions-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem !== null && placed === undefined && <Notice tone="bad">{problem.message}</Notice>}
        <Field
          label={t('functions.channel')}
          value={channel}
          spellcheck={false}
          error={messageOf('channel')}
          hint={
            view.declared !== null &&
            channel.trim() !== view.declared.channel &&
            t('channels.inCode', { value: view.declared.channel })
          }
          onInput={(event) => {
            setChannel(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <RetryEditor
          inputs={inputs}
          errors={errors}
          problem={messageOf('retryPattern')}
          change={(next) => {
            setInputs(next);
            setProblem(null);
          }}
        />
        <RetryPreview pattern={pattern} />
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** What is as the code says is given back to it, rather than set to the same. */
function changeOf(
  { channel, retryPattern, declared }: FunctionView,
  nextChannel: string,
  nextPattern: Pattern,
): FunctionChangeRequest {
  // What the editor shows of no pattern at all is one of its own, and no change.
  const before = readInputs(inputsOf(retryPattern)).pattern;
  const inCode = readInputs(inputsOf(declared?.retryPattern ?? null)).pattern;
  return {
    ...(nextChannel !== channel && { channel: nextChannel === declared?.channel ? null : nextChannel }),
    ...(!samePattern(nextPattern, before) && {
      retryPattern: samePattern(nextPattern, inCode) ? null : nextPattern,
    }),
  };
}
