// What npm would publish: only what belongs there, and it loads under plain Node, by import and by require.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const entries = ['index', 'dashboard', 'migrations'];
const required = [
  'LICENSE',
  'README.md',
  'package.json',
  'dist/cjs/package.json',
  ...['esm', 'cjs'].flatMap((format) =>
    entries.flatMap((entry) => [`dist/${format}/${entry}.js`, `dist/${format}/${entry}.d.ts`]),
  ),
];
const built = /^dist\/(esm\/.+\.(js|js\.map|d\.ts)|cjs\/.+\.(js|d\.ts))$/;

/** What the build puts into the package, so that nobody has to install it. */
const bundled = ['valibot', 'preact', '@preact/signals', 'uplot', '@dagrejs/dagre'];

const [pack] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { encoding: 'utf8' }));
const files = pack.files.map(({ path }) => path);
const problems = [
  ...required.filter((path) => !files.includes(path)).map((path) => `missing: ${path}`),
  ...files
    .filter((path) => !built.test(path) && !required.includes(path))
    .map((path) => `unexpected: ${path}`),
];

const { name, exports } = createRequire(import.meta.url)('../package.json');
for (const entry of Object.keys(exports).filter((key) => key !== './package.json')) {
  const specifier = entry.replace('.', name);
  const imported = await import(specifier);
  const loaded = createRequire(import.meta.url)(specifier);
  if (Object.keys(imported).length === 0) {
    problems.push(`${specifier} exports nothing`);
  }
  if (imported !== loaded) {
    problems.push(`${specifier} is another module when it is required`);
  }
}

for (const path of files.filter((file) => /\.(js|d\.ts)$/.test(file))) {
  const text = readFileSync(path, 'utf8');
  const imported = [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*['"]([^'"]+)['"]/g)].map(
    ([, specifier]) => specifier,
  );
  for (const specifier of new Set(imported)) {
    if (bundled.some((one) => specifier === one || specifier.startsWith(`${one}/`))) {
      problems.push(`${path} imports ${specifier}, which nobody has who installs the package`);
    }
  }
}

for (const problem of problems) {
  console.error(problem);
}
console.log(`${files.length} files, ${Math.round(pack.unpackedSize / 1024)} kB unpacked`);
process.exitCode = problems.length > 0 ? 1 : 0;
