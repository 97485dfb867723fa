import { useTexts } from '../app/app-context.js';
import { ProgressBar } from './progress-bar.js';
import './share.css';

/** A part of a whole, in figures and as a bar. */
export function Share({ share }: { share: number }) {
  const { t, format } = useTexts();
  return (
    <span class="share">
      <span class="share-bar">
        <ProgressBar done={share} total={1} label={t('channel.share')} tone="started" />
      </span>
      <span class="share-figure">{format.percent(share)}</span>
    </span>
  );
}
