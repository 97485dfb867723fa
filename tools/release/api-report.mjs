import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The public declarations without their comments, as one text: a change of the API is a difference in it. */
export function apiReport(root) {
  const folder = join(root, 'dist/esm');
  if (!existsSync(folder)) throw new Error('Nothing is built: run npm run build.');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.d.ts'))
    .toSorted()
    .map((name) => `// ${name}\n${withoutComments(readFileSync(join(folder, name), 'utf8'))}`)
    .join('\n');
}

const withoutComments = (text) =>
  text.replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '').replaceAll(/\n{2,}/g, '\n');
