/**
 * The consumers: each a folder with what `nest new` makes, beside the sources of application/ that it shares.
 *
 * - `quick`: run by `.ci/run`
 * - `sources`: `cjs` (relative imports without an extension), `esm`, `readme` (the quick start as it is written there),
 *   `serverless` (the handler as docs/installation.md has it), or `none`
 * - `specs`: it has the specs of shared/, too
 * - `install`: the line of README that installs the library
 * - `node`: another version of Node.js than the one that runs this, from npm
 * - `steps`: scripts of its package.json
 * - `serve`: what starts it, several times where it is built several times; it is then asked over HTTP
 * - `docker`: it is served from a folder that the Dockerfile of docs/installation.md makes
 * - `alone`: it is served from a folder of its own, where there is no node_modules
 */
export const CONSUMERS = [
  {
    name: 'nest11-jest30',
    quick: true,
    sources: 'cjs',
    specs: true,
    steps: ['build', 'test'],
    serve: ['dist/main.js'],
  },
  { name: 'nest11-jest29', sources: 'cjs', steps: ['build', 'test'], serve: ['dist/main.js'] },
  { name: 'nest11-jest-swc', sources: 'cjs', steps: ['build', 'test'], serve: ['dist/main.js'] },
  { name: 'nest12-jest30', sources: 'cjs', node: '24', steps: ['build', 'test'], serve: ['dist/main.js'] },
  {
    name: 'nest12-vitest',
    quick: true,
    sources: 'esm',
    specs: true,
    steps: ['build', 'test'],
    serve: ['dist/main.js'],
  },
  {
    name: 'esbuild',
    quick: true,
    sources: 'cjs',
    steps: ['build', 'bundle'],
    serve: ['bundle/main.cjs', 'bundle/main.mjs'],
    alone: true,
    leaseMs: 2_000,
  },
  {
    name: 'webpack',
    sources: 'cjs',
    steps: ['build'],
    serve: ['dist/main.js'],
    alone: true,
    leaseMs: 2_000,
  },
  {
    name: 'vite-ssr',
    sources: 'cjs',
    steps: ['build', 'bundle'],
    serve: ['bundle/main.cjs', 'bundle/main.mjs'],
    alone: true,
    leaseMs: 2_000,
  },
  { name: 'docker', sources: 'cjs', node: '24', steps: ['build'], docker: true, serve: [] },
  { name: 'serverless', sources: 'serverless', steps: ['build', 'test'], serve: [] },
  { name: 'pnpm', manager: 'pnpm@10', sources: 'cjs', steps: ['build', 'test'], serve: ['dist/main.js'] },
  { name: 'workspace', sources: 'cjs', into: 'apps/api', steps: ['build', 'test'], serve: ['dist/main.js'] },
  {
    name: 'readme-nest11',
    sources: 'readme',
    install: 'NestJS 11',
    steps: ['build', 'quick-start'],
    serve: [],
  },
  {
    name: 'readme-nest12',
    sources: 'readme',
    install: 'NestJS 12',
    steps: ['build', 'quick-start'],
    serve: [],
  },
  { name: 'types', sources: 'none', steps: ['test'], serve: [] },
];
