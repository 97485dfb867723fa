import { useTexts } from '../app/app-context.js';
import { Button } from './button.js';
import './older-button.css';

/** Below a list that goes on. */
export function OlderButton({ older, busy }: { older: (() => void) | null; busy: boolean }) {
  const { t } = useTexts();
  if (older === null) {
    return null;
  }
  return (
    <div class="row older">
      <Button icon="down" busy={busy} onClick={older}>
        {t('pages.older')}
      </Button>
    </div>
  );
}
