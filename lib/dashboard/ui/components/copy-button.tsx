import { useState } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import { IconButton } from './button.js';

/** Puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { toasts } = useApp();
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await copyText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1_500);
    } catch (error) {
      toasts.show('bad', String(error));
    }
  };
  return (
    <IconButton
      size="s"
      icon={copied ? 'check' : 'copy'}
      label={copied ? t('common.copied') : (label ?? t('common.copy'))}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    />
  );
}

async function copyText(text: string): Promise<void> {
  // Missing on plain http, where dashboards inside a company often are.
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'hidden-visually';
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
