// Runs the test suite on other versions of NestJS and TypeORM, in a copy of the repository that has them installed.
//
//   node test/matrix/run.mjs                          every combination, the whole suite
//   node test/matrix/run.mjs nest11-typeorm0.3        one of them
//   node test/matrix/run.mjs --differences NAME       only the tests of what differs between the versions
//   … -- --json --outputFile=report.json              what follows goes to Jest
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COMBINATIONS, dependenciesOf } from './combinations.mjs';
import { testsOfDifferences } from './differences.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
/** What `npm run build` and `npm run build:fixtures` made: the tests of processes and of the page run on it. */
const BUILT = [
  'dist',
  'lib/dashboard/server/page/built-page.generated.ts',
  'lib/runner/liveness/lease-worker.generated.ts',
  'test/dist',
  'test/fixtures/dist',
];

const split = process.argv.indexOf('--', 2);
const own = process.argv.slice(2, split < 0 ? undefined : split);
const forJest = split < 0 ? [] : process.argv.slice(split + 1);
const { values, positionals } = parseArgs({
  args: own,
  allowPositionals: true,
  options: { differences: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !COMBINATIONS.some((one) => one.name === name));
if (unknown.length > 0) {
  throw new Error(
    `Unknown: ${unknown.join(', ')}. Known: ${COMBINATIONS.map(({ name }) => name).join(', ')}`,
  );
}

/** The files of the repository, those that are not committed yet included, and what was built of them. */
function copyRepository(target) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)))) {
    cpSync(join(ROOT, file), join(target, file), { recursive: true });
  }
  for (const built of BUILT) {
    if (!existsSync(join(ROOT, built)))
      throw new Error(`No ${built}: run "npm run build && npm run build:fixtures".`);
    cpSync(join(ROOT, built), join(target, built), { recursive: true });
  }
}

function install(target, combination) {
  const { overrides: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const devDependencies = dependenciesOf(manifest.devDependencies, combination);
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, devDependencies }, null, 2));
  rmSync(join(target, 'package-lock.json'));
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags], { cwd: target, stdio: 'inherit' });
}

const versionOf = (target, name) =>
  JSON.parse(readFileSync(join(target, 'node_modules', name, 'package.json'), 'utf8')).version;

function run(combination) {
  const target = mkdtempSync(join(tmpdir(), `${combination.name}-`));
  try {
    copyRepository(target);
    install(target, combination);
    const versions = ['@nestjs/core', '@nestjs/typeorm', 'typeorm', 'pg'].map(
      (name) => `${name} ${versionOf(target, name)}`,
    );
    console.log(`${combination.name}: ${versions.join(', ')}, Node.js ${process.version}, in ${target}`);
    const files = values.differences ? testsOfDifferences(target) : [];
    const { status } = spawnSync('npm', ['run', '-s', 'test:jest', '--', ...files, ...forJest], {
      cwd: target,
      stdio: 'inherit',
    });
    return status === 0;
  } finally {
    if (!values.keep) rmSync(target, { recursive: true, force: true });
  }
}

const chosen = COMBINATIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const failed = chosen.filter((combination) => !run(combination));
for (const { name } of failed) console.error(`${name}: failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
