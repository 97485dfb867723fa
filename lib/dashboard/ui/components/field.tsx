import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

/** A label, its control, and what is wrong with what stands in it. */
export function Field({
  label,
  hint,
  error,
  ...input
}: {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
} & JSX.IntrinsicElements['input']) {
  const id = useId();
  const wrong = error !== undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input {...input} id={id} class="input" aria-invalid={wrong} aria-describedby={`${id}-more`} />
      <span
        id={`${id}-more`}
        class={wrong ? 'field-error' : 'faint'}
        {...(wrong && { role: 'alert' as const })}
      >
        {error ?? hint}
      </span>
    </div>
  );
}
