import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { iconPath } from '../../components/icon.js';

interface StateLook {
  readonly ink: string;
  readonly tint: string;
  readonly solid: string;
  readonly icon: Path2D;
}

/** The colours of the theme, for a canvas, which knows no style sheet. */
export interface Palette {
  readonly state: Readonly<Record<JobState, StateLook>>;
  readonly ink: string;
  readonly faint: string;
  readonly surface: string;
  readonly line: string;
  readonly edge: string;
  readonly accent: string;
  readonly bad: string;
  readonly font: string;
  readonly mono: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const look = (state: JobState): StateLook => ({
    ink: of(state),
    tint: of(`${state}-tint`),
    solid: of(`${state}-solid`),
    icon: new Path2D(iconPath(state)),
  });
  return {
    state: Object.fromEntries(JOB_STATES.map((state) => [state, look(state)])) as Record<JobState, StateLook>,
    ink: of('ink'),
    faint: of('ink-3'),
    surface: of('raised'),
    line: of('line-strong'),
    edge: of('cancelled-solid'),
    accent: of('accent'),
    bad: of('failed-solid'),
    font: of('font'),
    mono: of('mono'),
  };
}
