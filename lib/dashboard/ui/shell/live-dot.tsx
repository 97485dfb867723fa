import { useApp, useTexts } from '../app/app-context.js';

/** Whether what is shown is kept up to date. */
export function LiveDot() {
  const { live } = useApp();
  const { t } = useTexts();
  const status = live.status.value;
  return (
    <span class={`live live-${status}`} role="status">
      <span class="live-dot" />
      {t(`live.${status}`)}
    </span>
  );
}
