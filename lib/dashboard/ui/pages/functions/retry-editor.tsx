import { useTexts } from '../../app/app-context.js';
import { Button, IconButton } from '../../components/button.js';
import type { StepError, StepInput } from './retry-pattern.js';

/** Attempts and the waits that begin with them, row by row. */
export function RetryEditor({
  inputs,
  errors,
  problem,
  change,
}: {
  inputs: readonly StepInput[];
  errors: ReadonlyMap<number, StepError>;
  /** What the server says against it. */
  problem: string | undefined;
  change: (inputs: readonly StepInput[]) => void;
}) {
  const { t } = useTexts();
  const set = (id: number, part: Partial<StepInput>) =>
    change(inputs.map((input) => (input.id === id ? { ...input, ...part } : input)));
  const add = () => {
    const last = inputs.at(-1);
    const from = String(Math.max(0, ...inputs.map((input) => Number(input.from) || 0)) + 5);
    const id = Math.max(0, ...inputs.map((input) => input.id)) + 1;
    change([...inputs, { id, from, min: last?.min ?? '600', max: last?.max ?? '' }]);
  };
  return (
    <fieldset class="retry-editor">
      <legend>{t('retry.title')}</legend>
      <div class="retry-row retry-heads faint" aria-hidden="true">
        <span>{t('retry.fromTry')}</span>
        <span>{t('retry.seconds')}</span>
        <span>
          {t('retry.upTo')} <span class="retry-random">({t('retry.upToHint')})</span>
        </span>
      </div>
      {inputs.map((input) => {
        const error = errors.get(input.id);
        const field = (key: 'from' | 'min' | 'max', label: string, wrong: boolean) => (
          <input
            class="input"
            inputMode="numeric"
            aria-label={label}
            aria-invalid={wrong}
            value={input[key]}
            onInput={(event) => set(input.id, { [key]: event.currentTarget.value })}
          />
        );
        return (
          <div key={input.id}>
            <div class="retry-row">
              {field('from', t('retry.fromTry'), error === 'errorTry' || error === 'errorTwice')}
              {field('min', t('retry.seconds'), error === 'errorSeconds')}
              {field('max', t('retry.upTo'), error === 'errorSeconds' || error === 'errorOrder')}
              <IconButton
                icon="close"
                label={t('retry.remove', { n: input.from })}
                disabled={inputs.length === 1}
                onClick={() => change(inputs.filter(({ id }) => id !== input.id))}
              />
            </div>
            {error !== undefined && (
              <p class="field-error" role="alert">
                {t(`retry.${error}`)}
              </p>
            )}
          </div>
        );
      })}
      {problem !== undefined && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      <div>
        <Button size="s" icon="plus" onClick={add}>
          {t('retry.add')}
        </Button>
      </div>
    </fieldset>
  );
}
