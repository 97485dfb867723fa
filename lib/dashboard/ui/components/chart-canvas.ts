import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartSpec } from './chart.js';

export interface DrawnChart {
  readonly update: (spec: ChartSpec) => void;
  readonly end: () => void;
}

/** Room for the figures of an axis, in pixels. */
const AXIS = 58;

/** Draws into the element, as wide as it is, in the colours of the theme in use. */
export function drawChart(
  host: HTMLElement,
  first: ChartSpec,
  height: number,
  go: (to: string) => void,
): DrawnChart {
  let spec = first;
  const color = (name: string) => getComputedStyle(host).getPropertyValue(`--${name}`).trim();
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  const grid = { stroke: color('line'), width: 1, dash: [3, 4] };
  const text = { stroke: color('ink-3'), font: `11px ${getComputedStyle(host).fontFamily}` };

  const chart = new uPlot(
    {
      width: Math.max(80, host.clientWidth),
      height,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { points: { show: false }, drag: { x: false, y: false } },
      scales: {
        // Half a step more, so that the first and the last bar are whole.
        x: { range: (_, least, most) => [least - halfStep(spec), most + halfStep(spec)] },
        y: { range: (_, __, most) => [0, Math.max(most * 1.08, Number.EPSILON) || 1] },
      },
      axes: [
        {
          ...text,
          grid: { show: false },
          ticks: { show: false },
          size: 24,
          gap: 6,
          space: 64,
          values: (_, times) => times.map((time) => spec.tick(time)),
        },
        {
          ...text,
          grid,
          ticks: { show: false },
          // Charts beside each other begin at the same place, unless their figures are very long.
          size: (_, values) =>
            Math.max(AXIS, 14 + Math.max(0, ...(values ?? []).map(({ length }) => length)) * 6.2),
          gap: 6,
          space: 36,
          values: (_, values) => values.map((value) => spec.format(value)),
        },
      ],
      series: [{}, ...drawnSeries(spec, color)],
      hooks: { setCursor: [(plot) => point(plot, tip, spec, color)] },
    },
    dataOf(spec),
    host,
  );
  chart.over.append(tip);
  chart.over.classList.toggle('chart-linked', first.link !== undefined);
  chart.over.addEventListener('click', () => {
    const time = spec.times[chart.cursor.idx ?? -1];
    if (time !== undefined && spec.link !== undefined) {
      go(spec.link.to(time));
    }
  });

  const resize = new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientWidth !== chart.width) {
      chart.setSize({ width: host.clientWidth, height });
    }
  });
  resize.observe(host);
  return {
    update: (next) => {
      spec = next;
      chart.setData(dataOf(spec));
    },
    end: () => {
      resize.disconnect();
      chart.destroy();
    },
  };
}

function halfStep({ kind, times }: ChartSpec): number {
  return kind === 'bars' ? ((times[1] ?? 1) - (times[0] ?? 0)) / 2 : 0;
}

function drawnSeries(spec: ChartSpec, color: (name: string) => string): uPlot.Series[] {
  if (spec.kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [0.72, 14], radius: [0.2, 0], gap: 1 });
    // The tallest is drawn first, and the lower ones over it.
    return spec.series.toReversed().map((series) => ({
      fill: color(series.color),
      width: 0,
      points: { show: false },
      ...(paths !== undefined && { paths }),
    }));
  }
  // Straight from point to point: a curve would show values that nobody measured.
  return spec.series.map((series, index) => ({
    stroke: color(series.color),
    width: 1.5,
    points: { show: false },
    ...(index === 0 && { fill: `color-mix(in srgb, ${color(series.color)} 12%, transparent)` }),
  }));
}

function dataOf(spec: ChartSpec): uPlot.AlignedData {
  if (spec.kind === 'lines') {
    // The last point is not over: drawn, it would look like a fall.
    return [[...spec.times], ...spec.series.map(({ values }) => [...values.slice(0, -1), null])];
  }
  const sums = spec.times.map(() => 0);
  const stacked = spec.series.map(({ values }) =>
    values.map((value, at) => (sums[at] = (sums[at] ?? 0) + (value ?? 0))),
  );
  return [[...spec.times], ...stacked.toReversed()];
}

/** The box beside the pointer. Its words are set as text, never as markup. */
function point(plot: uPlot, tip: HTMLElement, spec: ChartSpec, color: (name: string) => string): void {
  const at = plot.cursor.idx;
  const time = at === null || at === undefined ? undefined : spec.times[at];
  if (at === null || at === undefined || time === undefined || (plot.cursor.left ?? -1) < 0) {
    tip.style.display = 'none';
    return;
  }
  const lines = spec.series.map((series) => {
    const value = series.values[at] ?? null;
    const dot = element('span', 'chart-dot', '');
    dot.style.background = color(series.color);
    const line = element('div', 'chart-tip-line', '');
    line.append(dot, series.label, element('b', '', value === null ? '–' : spec.format(value)));
    return line;
  });
  const hint = spec.link === undefined ? [] : [element('div', 'chart-tip-time', spec.link.hint)];
  tip.replaceChildren(element('div', 'chart-tip-time', spec.moment(time)), ...lines, ...hint);
  tip.style.display = 'block';
  const left = plot.valToPos(time, 'x');
  const free = plot.over.clientWidth - left - tip.offsetWidth - 12;
  tip.style.transform = `translateX(${free > 0 ? left + 12 : Math.max(0, left - tip.offsetWidth - 12)}px)`;
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
