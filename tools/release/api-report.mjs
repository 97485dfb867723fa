import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFiles, FORMATS } from '../build/formats.mjs';

/** Where the report is kept. */
export const API_REPORT = join(import.meta.dirname, 'api.txt');

/** How many lines of a difference are shown. */
const SHOWN = 40;

/**
 * The public declarations without their comments, as one text: a change of the API is a difference in it. Both formats
 * declare the same, or it throws.
 */
export function apiReport() {
  const [esm, cjs] = Object.keys(FORMATS).map(declarations);
  if (esm !== cjs) throw new Error(`dist and dist/cjs declare different things:\n${apiDifference(esm, cjs)}`);
  return esm;
}

/** The lines that one report has and the other has not, with the file that each is in. */
export function apiDifference(before, after) {
  const [old, now] = [linesOf(before), linesOf(after)];
  const gone = [...old].filter((line) => !now.has(line)).map((line) => `- ${line}`);
  const come = [...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`);
  const all = [...gone, ...come];
  // The same lines in another order, or more or fewer of the same.
  if (all.length === 0) return before === after ? '' : 'The same lines are in another order.';
  const more = all.length > SHOWN ? [`… and ${all.length - SHOWN} more`] : [];
  return [...all.slice(0, SHOWN), ...more].join('\n');
}

function linesOf(report) {
  const lines = new Set();
  let file = '';
  for (const line of report.split('\n')) {
    if (line.startsWith('// ')) file = line.slice(3);
    else if (line.trim() !== '') lines.add(`${file}: ${line.trim()}`);
  }
  return lines;
}

function declarations(format) {
  const files = builtFiles(format);
  if (files.length === 0) throw new Error('Nothing is built: run npm run build.');
  return files
    .filter((name) => name.endsWith('.d.ts'))
    .toSorted()
    .map((name) => `// ${name}\n${withoutComments(readFileSync(join(FORMATS[format], name), 'utf8'))}`)
    .join('\n');
}

// The compiler may reach the same type by one file or another.
const withoutComments = (text) =>
  text
    .replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll(/import\("\.[^"]*"\)\./g, '');
