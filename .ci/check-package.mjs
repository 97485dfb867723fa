// What npm would publish: only what belongs there, small enough, one copy of it in a process, by import and by require,
// and declarations that compile.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const MAX_BYTES = 1_300_000;

const source = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const entries = Object.keys(source.exports)
  .filter((key) => key !== './package.json')
  .map((key) => (key === '.' ? 'index' : key.slice('./'.length)));
const specifierOf = (entry) => (entry === 'index' ? source.name : `${source.name}/${entry}`);
const required = [
  'LICENSE',
  'README.md',
  'package.json',
  'dist/cjs/package.json',
  ...['dist', 'dist/cjs'].flatMap((folder) =>
    entries.flatMap((entry) => [`${folder}/${entry}.js`, `${folder}/${entry}.d.ts`]),
  ),
];
const built = /^dist\/(?!ui\/).+\.(js|d\.ts)$/;

/** What the build puts into the package, so that nobody has to install it. */
const bundled = ['valibot', 'preact', '@preact/signals', 'uplot', '@dagrejs/dagre'];

// Inside of node_modules, so that the packed library finds its peers where an application has them: one folder up.
const application = join(ROOT, 'node_modules/.check-package');
const installed = join(application, 'node_modules/nestjs-queue-job');
rmSync(application, { recursive: true, force: true });
mkdirSync(installed, { recursive: true });
// Without a package of its own, the name would be that of the repository, and its files those that are checked.
writeFileSync(join(application, 'package.json'), '{ "private": true }');

const [pack] = JSON.parse(
  execFileSync('npm', ['pack', '--json', '--pack-destination', application], { cwd: ROOT, encoding: 'utf8' }),
);
execFileSync('tar', ['-xzf', join(application, pack.filename), '-C', installed, '--strip-components=1']);
const files = pack.files.map(({ path }) => path);
const problems = [
  ...required.filter((path) => !files.includes(path)).map((path) => `missing: ${path}`),
  ...files
    .filter((path) => !built.test(path) && !required.includes(path))
    .map((path) => `unexpected: ${path}`),
];
if (pack.size > MAX_BYTES) problems.push(`the tarball has ${pack.size} bytes, more than ${MAX_BYTES}`);

for (const entry of entries) {
  const specifier = specifierOf(entry);
  const script = `
    const required = require(${JSON.stringify(specifier)});
    import(${JSON.stringify(specifier)}).then((imported) => {
      if (Object.keys(imported).length === 0) throw new Error('it exports nothing');
      if (imported !== required) throw new Error('it is another copy when it is required');
    });`;
  try {
    execFileSync(process.execPath, ['-e', script], { cwd: application, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    problems.push(`${specifier}: ${error.stderr}`);
  }
}

for (const path of files.filter((file) => /\.(js|d\.ts)$/.test(file))) {
  const text = readFileSync(join(installed, path), 'utf8');
  const imported = [...text.matchAll(/(?:\bfrom|\bimport\(?|\brequire\()\s*['"]([^'"]+)['"]/g)].map(
    ([, specifier]) => specifier,
  );
  for (const specifier of new Set(imported)) {
    if (bundled.some((one) => specifier === one || specifier.startsWith(`${one}/`))) {
      problems.push(`${path} imports ${specifier}, which nobody has who installs the package`);
    }
  }
  if (path.endsWith('.js') && /\bimport\.meta\b/.test(text)) {
    problems.push(`${path} has import.meta, which neither CommonJS nor a bundle can have`);
  }
}
// Others' declarations have errors of their own; of ours, each format is read as an application would that skips none.
writeFileSync(
  join(application, 'use.mts'),
  entries.map((entry, at) => `export * as e${at} from '${specifierOf(entry)}';`).join('\n'),
);
copyFileSync(join(application, 'use.mts'), join(application, 'use.cts'));
const compiling = spawnSync(
  join(ROOT, 'node_modules/.bin/tsc'),
  [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    'node',
    'use.mts',
    'use.cts',
  ],
  { cwd: application, encoding: 'utf8' },
);
problems.push(
  ...compiling.stdout.split('\n').filter((line) => /^use\.|nestjs-queue-job\/|^error/.test(line)),
);
rmSync(application, { recursive: true, force: true });

for (const problem of problems) {
  console.error(problem);
}
console.log(
  `${files.length} files, ${Math.round(pack.size / 1024)} kB packed, ${Math.round(pack.unpackedSize / 1024)} kB unpacked`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
