// The public declarations under each compiler and kind of module resolution, with `skipLibCheck: false`.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const TYPES_OF_PG = join(HERE, 'node_modules/@types/pg');

/** Each takes several seconds of a core, almost all of it for the declarations of NestJS, TypeORM and Node.js. */
const AT_ONCE = 2;

const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const NODE16 = { module: 'node16', moduleResolution: 'node16' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
const NODE10 = { module: 'commonjs', moduleResolution: 'node10' };
const PLAIN = { ...NODE10, esModuleInterop: false };
const SINCE_6 = { ...NODE10, ignoreDeprecations: '6.0' };

/** What each compiler has of them: `node10` ends with TypeScript 6, and so does life without `esModuleInterop`. */
const COMPILERS = {
  'typescript-5.7': { NODENEXT, NODE16, BUNDLER, NODE10, PLAIN },
  // What the oldest and the newest take, those between them do, too: two looks are enough.
  'typescript-5.9': { NODENEXT, NODE10 },
  'typescript-6': { NODENEXT, NODE16, BUNDLER, NODE10: SINCE_6 },
  'typescript-7': { NODENEXT, NODE16, BUNDLER },
};

/** Where the types of pg are there too: what compiles without them can only break where they are read as well. */
const WITH_TYPES_OF_PG = {
  'typescript-5.7': { NODENEXT },
  'typescript-7': { NODENEXT, BUNDLER },
};

/** With these, a file is a CommonJS or an ES module by its name, so one run checks both formats. */
const BY_FILE = ['NODENEXT', 'NODE16'];

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

async function check({ compiler, resolution, module, pgTypes }) {
  const name = `${compiler} ${resolution} ${pgTypes ? 'with' : 'without'} @types/pg`;
  const config = join(HERE, `tsconfig.${compiler}-${resolution}-${pgTypes}.json`);
  const files = BY_FILE.includes(resolution) ? ['src/use.cts', 'src/use.mts'] : ['src/use.ts'];
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...options, ...module }, files }));
  const tsc = join(HERE, 'node_modules', compiler, 'bin/tsc');
  const begun = performance.now();
  const output = await new Promise((resolve, reject) => {
    const compiling = spawn(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { cwd: HERE });
    let text = '';
    for (const stream of [compiling.stdout, compiling.stderr]) stream.on('data', (part) => (text += part));
    compiling.on('error', reject).on('close', () => resolve(text));
  });
  const lines = output.split('\n').filter((line) => line !== '');
  const problems = lines.filter(ours);
  checked += 1;
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const others = lines.length > problems.length ? ` (${lines.length - problems.length} of others)` : '';
  console.log(`${name} … ${problems.length === 0 ? 'ok' : 'failed'} in ${seconds} s${others}`);
  if (problems.length > 0) failures.push(`${name}\n  ${problems.slice(0, 10).join('\n  ')}`);
}

async function checkAll(compilers, pgTypes) {
  rmSync(TYPES_OF_PG, { force: true, recursive: true });
  if (pgTypes) symlinkSync(join(HERE, 'node_modules/types-pg'), TYPES_OF_PG);
  const waiting = Object.entries(compilers).flatMap(([compiler, resolutions]) =>
    Object.entries(resolutions).map(([resolution, module]) => ({ compiler, resolution, module, pgTypes })),
  );
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await check(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

for (const file of ['use.cts', 'use.mts']) copyFileSync(join(HERE, 'src/use.ts'), join(HERE, 'src', file));
writeFileSync(join(HERE, 'src/package.json'), JSON.stringify({ type: 'commonjs' }));
mkdirSync(join(HERE, 'node_modules/@types'), { recursive: true });
await checkAll(COMPILERS, false);
await checkAll(WITH_TYPES_OF_PG, true);

for (const failure of failures) console.error(failure);
if (checked === 0) failures.push('nothing was checked');
process.exitCode = failures.length > 0 ? 1 : 0;
