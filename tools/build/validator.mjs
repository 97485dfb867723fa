// Puts what the dashboard uses of valibot, a development dependency, into both formats of the built library.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { FORMATS } from './formats.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/valibot/package.json'), 'utf8'));

for (const [format, built] of Object.entries(FORMATS)) {
  const folder = join(built, 'dashboard/server/input');
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: 'lib/dashboard/server/input/valibot.ts',
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        output: {
          format,
          entryFileNames: 'valibot.js',
          // Its licence asks for it.
          banner: `/*! valibot ${version}, MIT License, Copyright (c) Fabian Hiller */`,
        },
      },
    },
  });
}
