import { useEffect, useRef } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import './chart.css';

export interface ChartSeries {
  readonly label: string;
  /** A colour of styles/tokens.css, without its dashes: `done-solid`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

export interface ChartSpec {
  /** `bars` stand upon each other; `lines` beside, the first with its ground filled. */
  readonly kind: 'bars' | 'lines';
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** How a value is written. */
  readonly format: (value: number) => string;
  /** How a time is written below the chart. */
  readonly tick: (time: number) => string;
  /** How it is written in the box at the pointer. */
  readonly moment: (time: number) => string;
  /** Where a click on a point leads, and what is said of that in the box at the pointer. */
  readonly link?: { readonly to: (time: number) => string; readonly hint: string };
}

/** Points over time. What draws them is loaded with the first chart. */
export function Chart({ label, spec, height = 180 }: { label: string; spec: ChartSpec; height?: number }) {
  const { theme, router } = useApp();
  const { format } = useTexts();
  const host = useRef<HTMLDivElement>(null);
  const dark = theme.dark.value;
  const latest = useRef<((spec: ChartSpec) => void) | null>(null);

  useEffect(() => {
    let gone = false;
    let end: (() => void) | undefined;
    const draw = async () => {
      const { drawChart } = await import('./chart-canvas.js');
      if (!gone && host.current !== null) {
        const chart = drawChart(host.current, spec, height, (to) => router.go(to));
        latest.current = chart.update;
        end = chart.end;
      }
    };
    void draw();
    return () => {
      gone = true;
      latest.current = null;
      end?.();
    };
    // Colours and words are read when it is drawn.
  }, [dark, format, height, spec.kind, spec.series.length]);

  useEffect(() => latest.current?.(spec), [spec]);

  return (
    <figure class="chart">
      <div ref={host} class="chart-host" style={{ height: `${height}px` }} role="img" aria-label={label} />
      <figcaption class="chart-legend">
        {spec.series.map((series) => (
          <span key={series.label} class="chart-key">
            <span class="chart-dot" style={{ background: `var(--${series.color})` }} />
            {series.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
