import { useId } from 'preact/hooks';
import './field.css';

/** A label, and one choice of several. */
export function SelectField({
  label,
  value,
  choices,
  choose,
}: {
  label: string;
  value: string;
  choices: readonly string[];
  choose: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {choices.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </div>
  );
}
