import { existsSync, readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Where each format is built: CommonJS in a folder of its own, which says so by a package.json. */
export const FORMATS = { esm: join(ROOT, 'dist'), cjs: join(ROOT, 'dist/cjs') };

/** What else lies in dist: the other format, and the page, of which a module is made. */
const OTHERS = ['cjs', 'ui'];

/** The files of a format, as paths from its folder. */
export function builtFiles(format) {
  const folder = FORMATS[format];
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => format !== 'esm' || !OTHERS.includes(path.split(sep)[0]));
}
