import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const { version } = JSON.parse(
  readFileSync(new URL('node_modules/valibot/package.json', import.meta.url), 'utf8'),
);

/** Puts into the built dashboard what it uses of valibot, a development dependency. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: 'lib/dashboard/server/input/valibot.ts',
    outDir: 'dist/dashboard/server/input',
    emptyOutDir: false,
    target: 'es2022',
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'valibot.js',
        // Its licence asks for it.
        banner: `/*! valibot ${version}, MIT License, Copyright (c) Fabian Hiller */`,
      },
    },
  },
});
