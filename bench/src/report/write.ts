import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from '../options.ts';
import { renderChart } from './chart.ts';
import type { Machine } from './machine.ts';
import type { Results } from './results.ts';
import { renderTable } from './table.ts';

/** Writes all values as JSON, the table as Markdown and the bars as SVG; answers with the names of the files. */
export async function writeReport(results: Results, machine: Machine, options: Options): Promise<string[]> {
  await mkdir(options.out, { recursive: true });
  const stem = join(options.out, new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  const files: [string, string][] = [
    [`${stem}.json`, `${JSON.stringify(asJson(results, machine, options), null, 2)}\n`],
    [`${stem}.md`, `${renderTable(results)}\n`],
    [`${stem}.svg`, renderChart(results)],
  ];
  for (const [name, text] of files) await writeFile(name, text);
  return files.map(([name]) => name);
}

function asJson(results: Results, machine: Machine, { rounds, sizes }: Options): unknown {
  return {
    date: new Date().toISOString(),
    machine,
    rounds,
    sizes,
    figures: results.figures.map((figure) => ({
      ...figure,
      ratioToBestPeer: results.ratioOf(figure),
      systems: Object.fromEntries(
        results.systems.flatMap(({ name }) => {
          const spread = results.spreadOf(figure.id, name);
          return spread === undefined
            ? []
            : [[name, { ...spread, values: results.valuesOf(figure.id, name) }]];
        }),
      ),
    })),
    failures: results.failures,
  };
}
