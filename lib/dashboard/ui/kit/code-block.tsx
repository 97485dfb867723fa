import './code-block.css';
import { CopyButton } from './copy-button.js';

/** Text as it is, in its own scroll. */
export function CodeBlock({ text, label, copy = true }: { text: string; label: string; copy?: boolean }) {
  return (
    <div class="code">
      <pre class="code-text" tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      {copy && (
        <div class="code-copy">
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}
