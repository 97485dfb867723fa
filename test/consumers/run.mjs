// Installs the packed library into whole applications, as people have them, builds, tests and starts them.
//
//   node test/consumers/run.mjs             all
//   node test/consumers/run.mjs --quick     those that `.ci/run` runs
//   node test/consumers/run.mjs esbuild     one of them
//   … --keep                                leaves the applications where they are
//
// The log of each, with its versions, is in test/consumers/logs.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { CONSUMERS } from './catalogue.mjs';
import { dockerfile, exampleOf, installCommand } from './documents.mjs';
import { buildImage } from './image.mjs';
import { checkServing } from './serve.mjs';
import { installedVersions, nodeFolder } from './versions.mjs';

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, '../..');
const LOGS = join(HERE, 'logs');
const TARBALL = 'nestjs-queue-job.tgz';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !CONSUMERS.some((one) => one.name === name));
if (unknown.length > 0) {
  throw new Error(`Unknown: ${unknown.join(', ')}. Known: ${CONSUMERS.map(({ name }) => name).join(', ')}`);
}
const chosen = CONSUMERS.filter(({ name, quick }) =>
  positionals.length > 0 ? positionals.includes(name) : quick === true || !values.quick,
);

const work = mkdtempSync(join(tmpdir(), 'consumers-'));
mkdirSync(LOGS, { recursive: true });
const [{ filename }] = JSON.parse(
  execFileSync('npm', ['pack', '--json', '--pack-destination', work], { cwd: ROOT, encoding: 'utf8' }),
);
const { EmbeddedPostgres } = await import('../dist/sample/src/embedded-postgres.js');
const server = process.env.DATABASE_URL === undefined ? await EmbeddedPostgres.start() : undefined;
const serverUrl = server?.url ?? process.env.DATABASE_URL;

/** A database for one consumer. */
async function createDatabase(name) {
  const database = `consumer_${name.replaceAll('-', '_')}_${process.pid}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${database}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = database;
  return url.href;
}

const asCommonJs = (text) => text.replaceAll(/(from '\.[^']*)\.js'/g, "$1'");

/** As `nest new` writes them: relative imports have an extension in ES modules alone. */
function sourcesOf(kind) {
  if (kind === 'none') return [];
  if (kind === 'readme') return [['quick-start.ts', exampleOf(ROOT, 'README.md', 'quick-start.ts')]];
  if (kind === 'serverless')
    return ['invoice.service.ts', 'handler.ts'].map((file) => [
      file,
      asCommonJs(exampleOf(ROOT, 'docs/installation.md', file)),
    ]);
  return filesOf(join(HERE, 'application/src'), kind);
}

function filesOf(folder, kind) {
  const texts = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  if (kind === 'esm') return texts;
  return texts.map(([file, text]) => [file, asCommonJs(text)]);
}

/** The consumer's folder, with the sources that it shares and the library. */
function prepare({ name, sources, specs, into = '.' }) {
  const folder = join(work, name);
  cpSync(join(HERE, name), folder, { recursive: true });
  copyFileSync(join(work, filename), join(folder, TARBALL));
  const own = join(folder, into, 'src');
  mkdirSync(own, { recursive: true });
  const present = readdirSync(own);
  const shared = specs === true ? filesOf(join(HERE, 'shared'), sources) : [];
  for (const [file, text] of [...sourcesOf(sources), ...shared]) {
    // What the consumer has in its own way stays.
    if (!present.includes(file)) writeFileSync(join(own, file), text);
  }
  return { folder, application: join(folder, into) };
}

/** Throws the first thing that goes wrong; everything is in the log. */
async function check(consumer, log) {
  const { name, manager = 'npm', node, install, steps, serve, alone, docker, leaseMs } = consumer;
  const { folder, application } = prepare(consumer);
  const bin = nodeFolder(node);
  const { NODE_OPTIONS: _, ...outer } = process.env;
  const env = {
    ...outer,
    CONSUMERS: values.quick ? 'quick' : 'all',
    DATABASE_URL: await createDatabase(name),
    PATH: `${bin}${delimiter}${process.env.PATH}`,
  };

  const run = (command, args, cwd = folder) => {
    log(`$ ${command} ${args.join(' ')}\n`);
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
    log(stdout + stderr);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  };

  if (manager === 'npm') run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund']);
  else run('npx', ['--yes', manager, 'install', '--prefer-offline', '--no-frozen-lockfile']);
  if (install !== undefined) run('npm', installCommand(ROOT, install, `./${TARBALL}`));
  const nodeVersion = execFileSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).trim();
  log(
    `Node.js ${nodeVersion}, ${[folder, application].map(installedVersions).find((line) => line !== '')}\n`,
  );
  for (const step of steps) run('npm', ['run', step]);

  if (docker === true) {
    const image = buildImage({
      steps: dockerfile(ROOT),
      from: folder,
      into: join(work, `${name}-image`),
      run,
    });
    log(`$ ${image.command.join(' ')}\n`);
    const [command, ...args] = image.command;
    await checkServing({ command: join(bin, command), args, cwd: image.folder, env, leaseMs, log });
  }
  for (const script of serve) {
    let file = join(application, script);
    let cwd = application;
    if (alone === true) {
      cwd = mkdtempSync(join(work, `${name}-alone-`));
      file = join(cwd, script.split('/').at(-1));
      copyFileSync(join(application, script), file);
    }
    log(`$ node ${file}\n`);
    await checkServing({ command: join(bin, 'node'), args: [file], cwd, env, leaseMs, log });
  }
}

let failed = 0;
try {
  for (const consumer of chosen) {
    const started = performance.now();
    const lines = [];
    let problem;
    try {
      await check(consumer, (text) => lines.push(text));
    } catch (error) {
      problem = error;
      lines.push(`\n${error.stack}\n`);
      failed += 1;
    }
    const file = join(LOGS, `${consumer.name}.log`);
    writeFileSync(file, lines.join(''));
    const seconds = Math.round((performance.now() - started) / 1_000);
    const versions = lines.find((line) => line.startsWith('Node.js '))?.trim() ?? '';
    console.log(`${consumer.name} … ${problem === undefined ? 'ok' : 'failed'} (${seconds} s) ${versions}`);
    if (problem !== undefined) console.error(lines.join('').slice(-4_000));
  }
} finally {
  await server?.stop();
  if (values.keep) console.log(`The applications are in ${work}`);
  else rmSync(work, { recursive: true, force: true });
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
