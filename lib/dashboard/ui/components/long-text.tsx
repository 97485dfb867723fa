import { useState } from 'preact/hooks';
import { useTexts } from '../app/app-context.js';
import './long-text.css';

/** Characters drawn at once: a browser lays out a few thousand without anybody noticing. */
const FIRST = 4_000;
const STEP = 20_000;

/** A text of any length, drawn no further than somebody asks for. */
export function LongText({ text, first = FIRST }: { text: string; first?: number }) {
  const { t } = useTexts();
  const [drawn, setDrawn] = useState(first);
  const rest = text.length - drawn;
  if (rest <= 0) {
    return <>{text}</>;
  }
  return (
    <>
      {text.slice(0, drawn)}
      {'… '}
      <button type="button" class="long-more" onClick={() => setDrawn(drawn + STEP)}>
        {t('value.moreCharacters', { n: rest })}
      </button>
    </>
  );
}
