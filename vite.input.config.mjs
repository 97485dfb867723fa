import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { defineConfig } from 'vite';

const { version } = JSON.parse(
  readFileSync(new URL('node_modules/valibot/package.json', import.meta.url), 'utf8'),
);

const FOLDER = 'dist/dashboard/server/input/';

/** Declarations that speak of valibot are of no use to anybody, and no public declaration needs them. */
const dropDeclarations = {
  name: 'drop-declarations',
  closeBundle() {
    for (const name of readdirSync(FOLDER)) {
      if (name.endsWith('.d.ts') || name === 'valibot.js.map') rmSync(FOLDER + name);
    }
  },
};

/** Puts into the built dashboard what it uses of valibot, a development dependency. */
export default defineConfig({
  publicDir: false,
  plugins: [dropDeclarations],
  ssr: { noExternal: true },
  build: {
    ssr: 'lib/dashboard/server/input/valibot.ts',
    outDir: FOLDER,
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
