import { useComputed } from '@preact/signals';
import { useApp, useTexts } from '../app/app-context.js';

/** How long ago, kept up to date; the exact time when pointed at. */
export function TimeAgo({ date }: { date: string }) {
  const { clock } = useApp();
  const { format } = useTexts();
  const text = useComputed(() => format.ago(date, clock.now.value));
  return (
    <time dateTime={date} data-tip={format.exact(date)}>
      {text}
    </time>
  );
}

/** A span of time that is over; the seconds when pointed at. */
export function Duration({ seconds }: { seconds: number }) {
  const { format } = useTexts();
  return <span data-tip={`${format.number(seconds)} s`}>{format.duration(seconds)}</span>;
}

/** A span of time that goes on: how long since. */
export function Since({ date }: { date: string }) {
  const { clock } = useApp();
  const { format } = useTexts();
  const text = useComputed(() =>
    format.duration(Math.max(0, Math.round((clock.now.value - Date.parse(date)) / 1_000))),
  );
  return (
    <time dateTime={date} data-tip={format.exact(date)}>
      {text}
    </time>
  );
}
