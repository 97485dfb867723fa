// One file with everything inside, by `vite build --ssr`. `nest build` comes first: Vite emits no metadata.
import { createRequire, builtinModules } from 'node:module';
import { defineConfig } from 'vite';

const require = createRequire(import.meta.url);

/** What NestJS and TypeORM load only if it is there. */
const optional = {
  name: 'optional-packages',
  enforce: 'pre',
  resolveId(request) {
    const builtin = request.startsWith('node:') || builtinModules.includes(request);
    if (builtin || /^[./\0]/.test(request)) return null;
    try {
      require.resolve(request);
      return null;
    } catch {
      return { id: request, external: true };
    }
  },
};

export default defineConfig({
  plugins: [optional],
  // Nothing is left in node_modules.
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'dist/main.js',
    outDir: 'bundle',
    target: 'node20',
    minify: false,
    rollupOptions: {
      output: [
        { format: 'cjs', entryFileNames: 'main.cjs' },
        { format: 'es', entryFileNames: 'main.mjs' },
      ],
    },
  },
});
