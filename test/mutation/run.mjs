// Takes out one guard after the other, in a copy of the tree, and demands that a test notices.
//   npm run mutation                  all of them
//   npm run mutation -- --only lock   those whose name has this in it
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedPostgres } from '../dist/sample/src/embedded-postgres.js';
import { GUARDS } from './guards.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const root = resolve(import.meta.dirname, '../..');
const guards = GUARDS.filter(({ guard }) => guard.toLowerCase().includes(values.only.toLowerCase()));
const mutants = guards.map((one) => ({ ...one, files: mutated(one) }));

const copy = mkdtempSync(join(tmpdir(), 'queue-job-mutation-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const part of [
  'lib',
  'test',
  'sample',
  'package.json',
  'jest.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
])
  cpSync(join(root, part), join(copy, part), {
    recursive: true,
    filter: (path) => !/[\\/](dist|\.data)$/.test(path),
  });
symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'));

// One server for all runs.
const server = process.env.DATABASE_URL
  ? undefined
  : await EmbeddedPostgres.start({ settings: { max_connections: '300' } });
const database = process.env.DATABASE_URL ?? server.url;

for (const file of new Set(mutants.flatMap(({ tests }) => tests))) {
  const asked = mutants.filter(({ tests }) => tests.includes(file)).map(({ name }) => name);
  const untouched = run([file], asked.includes(undefined) ? undefined : asked.join('|'));
  if (untouched.passed > 0 && untouched.failed.length === 0 && !untouched.broken) continue;
  console.log(
    `${file} fails without any mutation: ${untouched.failed.join('; ')}\n${untouched.output.slice(-3_000)}`,
  );
  await server?.stop();
  process.exit(1);
}
console.log(`The tests pass without any mutation; ${mutants.length} guards\n`);
const width = Math.max(...mutants.map(({ guard }) => guard.length));
console.log(`${'Guard that is taken out'.padEnd(width)}  Seconds  What notices`);

let survivors = 0;
for (const { guard, tests, name, files } of mutants) {
  for (const [file, text] of files) writeFileSync(join(copy, file), text);
  const from = Date.now();
  const { failed, broken, output } = run(tests, name);
  const seconds = ((Date.now() - from) / 1_000).toFixed(1);
  for (const [file] of files) cpSync(join(root, file), join(copy, file));
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  const verdict = failed.length > 0 ? failed[0] + more : broken ? 'BROKEN' : 'SURVIVED';
  console.log(`${guard.padEnd(width)}  ${seconds.padStart(7)}  ${verdict}`);
  if (failed.length > 0) continue;
  survivors += 1;
  if (broken) console.log(output.slice(-3_000));
}
console.log(
  `\n${mutants.length - survivors} of ${mutants.length} guards are missed by a test when they are gone`,
);
await server?.stop();
process.exitCode = survivors === 0 ? 0 : 1;

/** The changed files of a mutant: name and text. */
function mutated({ guard, edits }) {
  const texts = new Map();
  for (const [file, find, replacement] of edits) {
    const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`'${guard}': its text is in ${file} ${found} times, not once:\n${find}`);
    texts.set(
      file,
      text.replace(find, () => replacement),
    );
  }
  return [...texts];
}

/** Runs test files, or those tests of them that have `name` in theirs; `broken`: something else than a test failed. */
function run(tests, name) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...jest, '--json', `--outputFile=${report}`, '--forceExit', ...(name ? ['-t', name] : []), ...tests],
    { cwd: copy, encoding: 'utf8', maxBuffer: 100_000_000, env: { ...process.env, DATABASE_URL: database } },
  );
  const output = stdout + stderr;
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: [], broken: true, output };
  }
  const all = results.testResults.flatMap(({ assertionResults }) => assertionResults);
  // What breaks a whole file after its tests have run, such as an error that nobody caught, counts as well.
  const files = results.testResults.filter(
    ({ status: file, assertionResults }) =>
      file === 'failed' &&
      assertionResults.length > 0 &&
      assertionResults.every((one) => one.status !== 'failed'),
  );
  const failed = [
    ...all.filter((one) => one.status === 'failed').map(({ fullName }) => fullName),
    ...files.map(({ message }) => message.trim().split('\n')[0]),
  ];
  return { passed: results.numPassedTests, failed, broken: status !== 0 && failed.length === 0, output };
}
