// Compiles lib/ to both formats from one set of sources.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { builtFiles, FORMATS } from './formats.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

for (const [format, config] of [
  ['esm', 'tsconfig.build.json'],
  ['cjs', 'tsconfig.cjs.json'],
]) {
  for (const file of builtFiles(format)) rmSync(join(FORMATS[format], file));
  execFileSync('npx', ['tsc', '-p', config], { cwd: ROOT, stdio: 'inherit' });
}
// The package is of ES modules; below this folder it is not.
writeFileSync(join(FORMATS.cjs, 'package.json'), '{ "type": "commonjs" }\n');
