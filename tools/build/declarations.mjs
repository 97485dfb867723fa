// Removes the declarations that no entry of the package reaches: nobody can import them. Those that are left may need no
// types but those that every application of NestJS with TypeORM has.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { builtFiles, FORMATS } from './formats.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What a file of declarations imports, by name or in the middle of a type. */
const IMPORTED = /(?:\bfrom\s+|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;

const AVAILABLE = /^(\.|node:|@nestjs\/(common|core|typeorm)$|typeorm$|rxjs$|reflect-metadata$)/;

/** Who imports one of these has its optional peer as well. */
const AVAILABLE_TO = { './terminus': /^@nestjs\/terminus$/, './prometheus': /^prom-client$/ };

function reach(file, reached, also) {
  if (reached.has(file)) return;
  if (!existsSync(file)) throw new Error(`There is no ${file}`);
  reached.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(IMPORTED)) {
    if (!AVAILABLE.test(specifier) && also?.test(specifier) !== true) {
      throw new Error(
        `${file} is part of the public types and imports ${specifier}, whose types an application may not have. Mark the members that need it as @internal, or move the public type to another file.`,
      );
    }
    if (specifier.startsWith('.'))
      reach(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')), reached, also);
  }
}

const reached = new Set();
// A file is judged by the first entry that reaches it: those that every application may import come first.
const entries = Object.entries(exports)
  .filter(([, value]) => typeof value === 'object')
  .toSorted(([a], [b]) => Number(a in AVAILABLE_TO) - Number(b in AVAILABLE_TO));
for (const [name, entry] of entries) {
  for (const { types } of [entry.import, entry.require])
    reach(join(ROOT, types), reached, AVAILABLE_TO[name]);
}
for (const [format, folder] of Object.entries(FORMATS)) {
  const all = builtFiles(format).map((name) => join(folder, name));
  for (const file of all.filter((name) => name.endsWith('.d.ts') && !reached.has(name))) rmSync(file);
}
