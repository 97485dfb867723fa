import type { Figure } from '../measures/measure.ts';
import { formatNumber } from './format.ts';
import type { Results } from './results.ts';

/** A Markdown table: medians, with the smallest and the largest value of all rounds. */
export function renderTable(results: Results): string {
  const { systems } = results;
  const head = ['', ...systems.map(({ title }) => title), '× best peer'];
  const rows = results.figures.map((figure) => [
    `${figure.title} (${figure.unit}${figure.better === 'lower' ? ', less is better' : ''})`,
    ...systems.map(({ name }) => cell(results, figure, name)),
    ratio(results, figure),
  ]);
  const about = ['done jobs are', ...systems.map(({ rows: kept }) => kept), ''];
  return layOut([head, ...rows, about]);
}

function cell(results: Results, { id }: Figure, system: string): string {
  const spread = results.spreadOf(id, system);
  if (spread === undefined) return '–';
  const { median, min, max } = spread;
  if (results.valuesOf(id, system).length === 1) return formatNumber(median);
  return `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`;
}

function ratio(results: Results, figure: Figure): string {
  const value = results.ratioOf(figure);
  return value === undefined ? '–' : formatNumber(value);
}

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}
