import { defineConfig } from 'vite';

/** The page: written to dist/ui. The build of the library puts it into a module of the server, which serves it at whatever path it is mounted. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative: the server says in `<base>` where the page stands.
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/ui',
    emptyOutDir: true,
    assetsDir: 'assets',
    // A data URL in a style sheet would need its own word in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2022',
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
  },
});
