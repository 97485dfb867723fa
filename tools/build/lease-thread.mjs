// Puts the code of the thread that renews leases into a module: a bundler would not include a second file.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'lib/runner/liveness');

const { output } = await build({
  root: ROOT,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: join(FOLDER, 'lease.worker.ts'),
    write: false,
    target: 'es2022',
    minify: false,
    rolldownOptions: { output: { format: 'cjs' } },
  },
});

writeFileSync(
  join(FOLDER, 'lease-worker.generated.ts'),
  `// Made by \`npm run build\` (tools/build/lease-thread.mjs) of lease.worker.ts.

/** The code of the thread, as a CommonJS script. */
export const LEASE_WORKER: string = ${JSON.stringify(output[0].code)};
`,
);
