import './code-block.css';
import { CopyButton } from './copy-button.js';
import { LongText } from './long-text.js';

/** Text as it is, in its own scroll; copied as a whole. */
export function CodeBlock({ text, label, copy = true }: { text: string; label: string; copy?: boolean }) {
  return (
    <div class="code">
      <pre class="code-text" tabIndex={0} role="region" aria-label={label}>
        <LongText text={text} first={20_000} />
      </pre>
      {copy && (
        <div class="code-copy">
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}
