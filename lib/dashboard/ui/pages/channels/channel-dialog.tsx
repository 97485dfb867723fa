import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ChannelProperties, ChannelView } from '../../../api/channels.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { ProblemError } from '../../app/problem-error.js';
import { Button } from '../../components/button.js';
import { CheckField } from '../../components/check-field.js';
import { Dialog } from '../../components/dialog.js';
import { Notice } from '../../components/empty.js';
import { Field } from '../../components/field.js';
import { changesOf, formOf, UNITS, type ChannelForm, type Unit } from './channel-form.js';
import { inCode, usePropertyText } from './origin.js';

/** Changes a channel at once, on all nodes. */
export function ChannelDialog({
  channel,
  save,
  reset,
  close,
}: {
  channel: ChannelView;
  /** False: left at the question whether to pause. */
  save: (changes: Partial<ChannelProperties>) => Promise<boolean>;
  reset: () => Promise<boolean>;
  close: () => void;
}) {
  const { toasts } = useApp();
  const { t } = useTexts();
  // As it was when it was opened: what comes in from others must not move under the fingers.
  const [first] = useState(channel);
  const [form, setForm] = useState(formOf(channel));
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const { changes, errors } = changesOf(form, first);
  const set = (change: Partial<ChannelForm>) => {
    setForm({ ...form, ...change });
    setProblem(null);
  };
  const untouched = Object.keys(changes).length === 0 && Object.keys(errors).length === 0;
  const submit = async () => {
    setTried(true);
    if (untouched || Object.keys(errors).length > 0) {
      return;
    }
    setBusy(true);
    try {
      if (!(await save(changes))) {
        setBusy(false);
        return;
      }
      toasts.show('good', t('channels.saved', { name: channel.name }));
      close();
    } catch (cause) {
      setProblem(cause instanceof ProblemError ? cause : ProblemError.unreachable(cause));
      setBusy(false);
    }
  };
  const errorOf = (property: keyof ChannelProperties): string | undefined => {
    const own = tried ? errors[property] : undefined;
    return own === undefined
      ? problem?.problem.errors?.find(({ path }) => path === property)?.message
      : t(`edit.${own}`);
  };
  const fields = problem?.problem.errors?.some(({ path }) => path in first) ?? false;
  return (
    <Dialog
      title={channel.name}
      close={close}
      actions={
        <>
          {Object.keys(channel.changed).length > 0 && (
            <span class="channels-reset">
              <Button kind="ghost" icon="undo" onClick={() => void reset().then((done) => done && close())}>
                {t('channels.backToCode')}
              </Button>
            </span>
          )}
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button kind="primary" busy={busy} disabled={untouched} onClick={() => void submit()}>
            {t('edit.save')}
          </Button>
        </>
      }
    >
      <form
        class="channels-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem !== null && !fields && <Notice tone="bad">{problem.message}</Notice>}
        <Field
          label={t('channels.capacity')}
          inputMode="numeric"
          value={form.capacity}
          error={errorOf('capacity')}
          hint={<Hint channel={channel} property="capacity" text={t('channels.capacityHint')} />}
          onInput={(event) => set({ capacity: event.currentTarget.value })}
        />
        <Field
          label={t('channels.throttle')}
          inputMode="decimal"
          value={form.throttle}
          error={errorOf('throttle')}
          hint={<Hint channel={channel} property="throttle" text={t('channels.throttleHint')} />}
          onInput={(event) => set({ throttle: event.currentTarget.value })}
        />
        <Field
          label={t('channels.rate')}
          value={form.rate}
          error={errorOf('rate')}
          hint={<Hint channel={channel} property="rate" text={t('channels.rateHint')} />}
          onInput={(event) => set({ rate: event.currentTarget.value })}
        />
        {(['sequential', 'fair', 'paused'] as const).map((property) => (
          <CheckField
            key={property}
            label={t(`channels.${property}`)}
            checked={form[property]}
            error={errorOf(property)}
            hint={<Hint channel={channel} property={property} text={t(`channels.${property}Hint`)} />}
            change={(checked) => set({ [property]: checked })}
          />
        ))}
        <div class="channels-removal">
          <Field
            label={t('channels.removalInterval')}
            inputMode="decimal"
            value={form.removal}
            error={errorOf('removalInterval')}
            hint={<Hint channel={channel} property="removalInterval" text={t('channels.removalHint')} />}
            onInput={(event) => set({ removal: event.currentTarget.value })}
          />
          <UnitSelect unit={form.unit} choose={(unit) => set({ unit })} />
        </div>
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** What the property means, and what the code says where it was changed. */
function Hint({
  channel,
  property,
  text,
}: {
  channel: ChannelView;
  property: keyof ChannelProperties;
  text: ComponentChildren;
}) {
  const { t } = useTexts();
  const show = usePropertyText();
  return (
    <>
      {text}
      {property in channel.changed && (
        <span class="channels-hint-code">
          {' '}
          {t('channels.inCode', { value: show(property, inCode(channel, property)) })}
        </span>
      )}
    </>
  );
}

function UnitSelect({ unit, choose }: { unit: Unit; choose: (unit: Unit) => void }) {
  const { t, format } = useTexts();
  return (
    <select
      class="input"
      aria-label={t('channels.unit')}
      value={unit}
      onChange={(event) => choose(event.currentTarget.value as Unit)}
    >
      {(Object.keys(UNITS) as Unit[]).map((one) => (
        <option key={one} value={one}>
          {format.unitName(one)}
        </option>
      ))}
    </select>
  );
}
