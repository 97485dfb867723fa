import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './check-field.css';

/** Yes or no, and what it means. */
export function CheckField({
  label,
  hint,
  error,
  checked,
  change,
}: {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  checked: boolean;
  change: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="check-field">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-more`}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <div class="check-field-words">
        <label for={id}>{label}</label>
        <span
          id={`${id}-more`}
          class={error === undefined ? 'faint' : 'field-error'}
          {...(error !== undefined && { role: 'alert' as const })}
        >
          {error ?? hint}
        </span>
      </div>
    </div>
  );
}
