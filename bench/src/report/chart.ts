import type { Figure } from '../measures/measure.ts';
import type { SystemEntry } from '../systems/catalogue.ts';
import { formatNumber } from './format.ts';
import type { Results } from './results.ts';
import type { Spread } from './statistics.ts';

const WIDTH = 900;
const LABELS = 190;
const NUMBERS = 190;
const BAR = 16;
const GAP = 4;
const HEADING = 30;
const COLOURS = ['#2563eb', '#d97706', '#059669', '#34d399', '#9333ea', '#dc2626', '#6b7280'];

interface Bar {
  readonly system: SystemEntry;
  readonly colour: string;
  readonly spread: Spread;
}

/** An SVG with a group of bars for each figure: the median, and a line from the smallest to the largest value. */
export function renderChart(results: Results): string {
  const parts: string[] = [];
  let top = 10;
  for (const figure of results.figures) {
    const bars = results.systems.flatMap((system, at): Bar[] => {
      const spread = results.spreadOf(figure.id, system.name);
      return spread === undefined ? [] : [{ system, colour: COLOURS[at % COLOURS.length] as string, spread }];
    });
    if (bars.length === 0) continue;
    parts.push(group(figure, bars, top));
    top += HEADING + bars.length * (BAR + GAP) + GAP;
  }
  const style = 'text { font: 12px system-ui, sans-serif; fill: #6b7280 } .title { font-weight: 600 }';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img">
<title>What was measured, by system</title>
<style>${style}</style>
${parts.join('\n')}
</svg>
`;
}

function group(figure: Figure, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.map(({ spread }) => spread.max), Number.MIN_VALUE);
  const x = (value: number): number => LABELS + (value / most) * (WIDTH - LABELS - NUMBERS);
  const less = figure.better === 'lower' ? ', less is better' : '';
  const lines = bars.map(({ system, colour, spread }, at) => {
    const y = top + HEADING + at * (BAR + GAP);
    const { median, min, max } = spread;
    const range = min === max ? '' : ` (${formatNumber(min)}–${formatNumber(max)})`;
    return [
      `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">${escape(system.title)}</text>`,
      `<rect x="${LABELS}" y="${y}" width="${(x(median) - LABELS).toFixed(1)}" height="${BAR}" rx="2" fill="${colour}"/>`,
      `<path d="M${x(min).toFixed(1)} ${y + BAR / 2}H${x(max).toFixed(1)}" stroke="#6b7280" stroke-width="2"/>`,
      `<text x="${(x(max) + 8).toFixed(1)}" y="${y + 12}">${formatNumber(median)}${range}</text>`,
    ].join('');
  });
  const title = `<text class="title" x="10" y="${top + 20}">${escape(`${figure.title} (${figure.unit}${less})`)}</text>`;
  return [title, ...lines].join('\n');
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
