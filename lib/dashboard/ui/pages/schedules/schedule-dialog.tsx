import { useState } from 'preact/hooks';
import type { ScheduleView } from '../../../api/schedules.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { ProblemError } from '../../app/problem-error.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Notice } from '../../components/empty.js';
import { Field } from '../../components/field.js';
import { SelectField } from '../../components/select-field.js';

/** Changes when a schedule ticks, or adds one where there is none to change. */
export function ScheduleDialog({
  view,
  jobNames = [],
  saved,
  close,
}: {
  view: ScheduleView | null;
  /** The job functions that a new schedule can have. */
  jobNames?: readonly string[];
  saved: () => void;
  close: () => void;
}) {
  const { api, toasts } = useApp();
  const { t } = useTexts();
  const [fields, setFields] = useState({
    name: view?.name ?? '',
    jobName: view?.jobName ?? jobNames[0] ?? '',
    args: '[]',
    expression: view === null ? '' : (view.cron ?? `${view.every} ms`),
    timeZone: view?.timeZone ?? 'UTC',
  });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await save();
      toasts.show('good', t('functions.saved'));
      saved();
      close();
    } catch (cause) {
      const isJson = cause instanceof SyntaxError;
      setProblem(
        isJson
          ? t('schedules.noJson')
          : (cause instanceof ProblemError ? cause : ProblemError.unreachable(cause)).message,
      );
      setBusy(false);
    }
  };
  const save = async (): Promise<unknown> => {
    const { name, jobName, args, expression, timeZone } = fields;
    const when = { ...whenOf(expression.trim()), timeZone: timeZone.trim() };
    return view === null
      ? api.addSchedule(name.trim(), {
          jobName,
          args: JSON.parse(args) as unknown[],
          ...when,
        })
      : api.changeSchedule(name, when);
  };
  const change = (id: keyof typeof fields, value: string) => {
    setFields({ ...fields, [id]: value });
    setProblem(null);
  };
  const field = (id: keyof typeof fields, hint?: string) => (
    <Field
      label={t(`schedules.${id}`)}
      value={fields[id]}
      spellcheck={false}
      hint={hint}
      onInput={(event) => change(id, event.currentTarget.value)}
    />
  );
  return (
    <Dialog
      wide
      title={view?.name ?? t('schedules.add')}
      close={close}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button kind="primary" busy={busy} onClick={() => void submit()}>
            {t('edit.save')}
          </Button>
        </>
      }
    >
      <form
        class="schedules-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem !== null && <Notice tone="bad">{problem}</Notice>}
        {view === null && field('name')}
        {view === null && (
          <SelectField
            label={t('schedules.jobName')}
            value={fields.jobName}
            choices={jobNames}
            choose={(jobName) => change('jobName', jobName)}
          />
        )}
        {view === null && field('args', t('schedules.argsHint'))}
        {field('expression', t('schedules.expressionHint'))}
        {field('timeZone')}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** An expression has several fields or a nickname; all else is an interval. */
function whenOf(text: string): { cron: string } | { every: string } {
  const isInterval = /^[\d.]+\s*[a-z]+$/i.test(text);
  return isInterval ? { every: text } : { cron: text };
}
