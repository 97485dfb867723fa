// The public declarations under each compiler and kind of module resolution, with `skipLibCheck: false`.
import { spawnSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const TYPES_OF_PG = join(HERE, 'node_modules/@types/pg');

const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const NODE16 = { module: 'node16', moduleResolution: 'node16' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
const NODE10 = { module: 'commonjs', moduleResolution: 'node10' };
const PLAIN = { ...NODE10, esModuleInterop: false };
const SINCE_6 = { ...NODE10, ignoreDeprecations: '6.0' };

/** What each compiler has of them: `node10` ends with TypeScript 6, and so does life without `esModuleInterop`. */
const COMPILERS = {
  'typescript-5.7': { NODENEXT, NODE16, BUNDLER, NODE10, PLAIN },
  'typescript-5.9': { NODENEXT, NODE16, BUNDLER, NODE10, PLAIN },
  'typescript-6': { NODENEXT, NODE16, BUNDLER, NODE10: SINCE_6 },
  'typescript-7': { NODENEXT, NODE16, BUNDLER },
};

const options = {
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: false,
  noEmit: true,
};

/** Others' declarations have errors of their own: what counts is ours, and how the application sees it. */
const ours = (line) =>
  /^src\//.test(line) || line.includes('node_modules/nestjs-queue-job/') || /^error/.test(line);

let checked = 0;
const failures = [];

function check(compiler, resolution, module, format, pgTypes) {
  const name = `${compiler} ${resolution} ${format} ${pgTypes ? 'with' : 'without'} @types/pg`;
  writeFileSync(
    join(HERE, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, ...module }, include: ['src'] }),
  );
  writeFileSync(join(HERE, 'src/package.json'), JSON.stringify({ type: format }));
  const tsc = join(HERE, 'node_modules', compiler, 'bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', HERE, '--pretty', 'false'], {
    cwd: HERE,
    encoding: 'utf8',
  });
  const lines = (stdout + stderr).split('\n').filter((line) => line !== '');
  const problems = lines.filter(ours);
  checked += 1;
  console.log(
    `${name} … ${problems.length === 0 ? 'ok' : 'failed'}${lines.length > problems.length ? ` (${lines.length - problems.length} of others)` : ''}`,
  );
  if (problems.length > 0) failures.push(`${name}\n  ${problems.slice(0, 10).join('\n  ')}`);
}

// In a hurry, those without: what compiles without the types of pg does so with them.
for (const pgTypes of process.env.CONSUMERS === 'quick' ? [false] : [false, true]) {
  rmSync(TYPES_OF_PG, { force: true, recursive: true });
  if (pgTypes) symlinkSync(join(HERE, 'node_modules/types-pg'), TYPES_OF_PG);
  for (const [compiler, resolutions] of Object.entries(COMPILERS)) {
    for (const [resolution, module] of Object.entries(resolutions)) {
      const formats = ['NODENEXT', 'NODE16'].includes(resolution) ? ['commonjs', 'module'] : ['commonjs'];
      for (const format of formats) check(compiler, resolution, module, format, pgTypes);
    }
  }
}

for (const failure of failures) console.error(failure);
if (checked === 0) failures.push('nothing was checked');
process.exitCode = failures.length > 0 ? 1 : 0;
