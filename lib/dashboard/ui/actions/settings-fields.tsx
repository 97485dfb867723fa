import { useEffect, useId, useState } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import type { ProblemError } from '../app/problem-error.js';
import { Field } from '../components/field.js';
import type { JobAction } from './job-action.js';
import { POSTPONE_UNITS, type PostponeUnit, settingsOf, type SettingsForm } from './job-settings.js';

/** Channels that are offered for what was typed. */
const OFFERED = '20';

/** What is to be changed of the jobs: when they may start, their priority, their channel. */
export function SettingsFields({ action, problem }: { action: JobAction; problem: ProblemError | null }) {
  const { t, format } = useTexts();
  const form = action.settings.value;
  const { errors } = settingsOf(form);
  const change = (next: Partial<SettingsForm>) => {
    action.settings.value = { ...form, ...next };
  };
  const errorOf = (property: keyof typeof errors): string | undefined => {
    const own = errors[property];
    return own === undefined
      ? problem?.problem.errors?.find(({ path }) => path === `set.${property}`)?.message
      : t(own);
  };
  const now = (property: 'priority' | 'channel'): string => valueOf(action, property) ?? t('act.set.several');
  return (
    <div class="act-settings">
      <div class="act-postpone">
        <Field
          label={t('act.set.postpone')}
          inputMode="decimal"
          value={form.amount}
          error={errorOf('eta')}
          hint={t('act.set.postponeHint')}
          onInput={(event) => change({ amount: event.currentTarget.value })}
        />
        <select
          class="input"
          aria-label={t('act.set.unit')}
          value={form.unit}
          onChange={(event) => change({ unit: event.currentTarget.value as PostponeUnit })}
        >
          {POSTPONE_UNITS.map((unit) => (
            <option key={unit} value={unit}>
              {format.unitName(unit)}
            </option>
          ))}
        </select>
      </div>
      <Field
        label={t('act.set.priority')}
        inputMode="numeric"
        value={form.priority}
        error={errorOf('priority')}
        hint={t('act.set.priorityHint', { value: now('priority') })}
        onInput={(event) => change({ priority: event.currentTarget.value })}
      />
      <ChannelField
        value={form.channel}
        error={errorOf('channel')}
        hint={t('act.set.channelHint', { value: now('channel') })}
        change={(channel) => change({ channel })}
      />
    </div>
  );
}

/** What all of the jobs have; null where they differ, or aren't known. */
function valueOf({ target }: JobAction, property: 'priority' | 'channel'): string | null {
  const values = new Set('jobs' in target ? target.jobs.map((job) => job[property]) : []);
  const [only] = values;
  return values.size === 1 ? String(only) : null;
}

function ChannelField({
  value,
  error,
  hint,
  change,
}: {
  value: string;
  error: string | undefined;
  hint: string;
  change: (channel: string) => void;
}) {
  const { api } = useApp();
  const { t } = useTexts();
  const id = useId();
  const [known, setKnown] = useState<readonly string[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api
        .channels({ limit: OFFERED, ...(value.trim() !== '' && { text: value.trim() }) }, abort.signal)
        .then((channels) => setKnown(channels.map(({ name }) => name)))
        // They are only a help: the server says what is wrong with a name.
        .catch(() => undefined);
    }, 200);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [value]);
  return (
    <>
      <Field
        label={t('act.set.channel')}
        value={value}
        list={id}
        spellcheck={false}
        autocomplete="off"
        error={error}
        hint={hint}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <datalist id={id}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
