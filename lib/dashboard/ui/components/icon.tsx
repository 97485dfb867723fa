import type { JobState } from '../../../job/job-state.js';
import './icon.css';

/** Drawn on a grid of 16, in strokes, so that they take the colour and the size of the text beside. */
const PATHS = {
  overview: 'M2.5 9.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 2.5h4v4h-4zM9.5 9.5h4v4h-4z',
  jobs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  failures: 'M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.2v.1',
  channels:
    'M3.5 2.5v8a2 2 0 0 0 2 2H8M3.5 6H8M10.5 6h.1M8 6a2.2 2.2 0 1 0 4.4 0A2.2 2.2 0 1 0 8 6M8 12.5a2.2 2.2 0 1 0 4.4 0 2.2 2.2 0 1 0-4.4 0',
  functions: 'M5.5 3 1.8 8l3.7 5M10.5 3l3.7 5-3.7 5',
  nodes: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1',
  batches: 'm8 2 6 3-6 3-6-3zM2 8.2l6 3 6-3M2 11.4l6 3 6-3',
  audit: 'M4 2h8v12H4zM6.3 5.3h3.4M6.3 8h3.4M6.3 10.7h1.7',
  graph:
    'M2 8a1.8 1.8 0 1 0 3.6 0A1.8 1.8 0 1 0 2 8M10.4 3.6a1.8 1.8 0 1 0 3.6 0 1.8 1.8 0 1 0-3.6 0M10.4 12.4a1.8 1.8 0 1 0 3.6 0 1.8 1.8 0 1 0-3.6 0M5.3 7.2l5.3-2.8M5.3 8.8l5.3 2.8',
  search: 'M2.5 7a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0M10.3 10.3l3.4 3.4',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  minus: 'M3.5 8h9',
  plus: 'M8 3.5v9M3.5 8h9',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  sun: 'M5 8a3 3 0 1 0 6 0 3 3 0 1 0-6 0M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1z',
  system: 'M2 3h12v8H2zM6 13.8h4M8 11v2.8',
  keyboard: 'M1.8 4h12.4v8H1.8zM4.2 6.5h.1M6.7 6.5h.1M9.2 6.5h.1M11.7 6.5h.1M5 9.5h6',
  globe: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M2.2 8h11.6M8 2c3.4 3.5 3.4 8.5 0 12M8 2c-3.4 3.5-3.4 8.5 0 12',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  down: 'm4 6 4 4 4-4',
  right: 'm6 4 4 4-4 4',
  left: 'm10 4-4 4 4 4',
  up: 'm4 10 4-4 4 4',
  external: 'M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4M13.5 2.5l-6 6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M4.5 3v10l8-5z',
  stop: 'M4 4h8v8H4z',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.7 7.2v3.6M9.3 7.2v3.6',
  ban: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M3.8 3.8l8.4 8.4',
  clock: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M8 4.8V8l2.2 1.6',
  warning: 'M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.2v.1',
  info: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M8 7.3v3.5M8 5.2v.1',
  filter: 'M2 3.5h12M4.5 8h7M6.8 12.5h2.4',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  edit: 'M3 13l.6-2.8L10.7 3l2.3 2.3-7.2 7.1z',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  // One shape a state: nobody has to tell them by colour.
  wait_dependencies:
    'M2.2 8a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0M6.8 8h2.4M9.2 8a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0',
  pending: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M8 4.8V8l2.2 1.6',
  enqueued: 'M3 4h10M3 8h10M3 12h5M11 10.3v3.4M9.3 12h3.4',
  started: 'M8 2a6 6 0 1 1-6 6',
  done: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M5.3 8.2l1.9 1.9 3.5-3.9',
  failed: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.5M8 10.9v.1',
  cancelled: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M5 8h6',
} as const satisfies Record<JobState, string> & Record<string, string>;

export type IconName = keyof typeof PATHS;

/** For what is drawn otherwise: a path on a grid of 16, to be stroked. */
export const iconPath = (name: IconName): string => PATHS[name];

/** A picture beside a text; alone, its button has to say what it is. */
export function Icon({
  name,
  size = 16,
  class: more = '',
}: {
  name: IconName;
  size?: number;
  class?: string;
}) {
  return (
    <svg
      class={`icon ${name === 'started' ? 'icon-turning' : ''} ${more}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
