// Puts the built page of the dashboard into a module, so that a server that is bundled into one file still has it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'dist/ui');
const TARGET = join(ROOT, 'lib/dashboard/server/page/built-page.generated.ts');

const names = [
  'index.html',
  ...readdirSync(join(BUILT, 'assets')).map((name) => `assets/${name}`),
].toSorted();
const files = names.map(
  (name) => `  '${name}': '${brotliCompressSync(readFileSync(join(BUILT, name))).toString('base64')}',\n`,
);

writeFileSync(
  TARGET,
  `// Made by \`npm run build\` (tools/build/page.mjs).

/** The files of the page by their path, compressed with Brotli, as base64. */
export const BUILT_PAGE: Readonly<Record<string, string>> = {
${files.join('')}};
`,
);
