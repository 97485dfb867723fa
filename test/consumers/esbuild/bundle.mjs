// One file with everything inside, as ES module and as CommonJS. `nest build` comes first: esbuild emits no metadata.
import { build } from 'esbuild';

/** What NestJS and TypeORM load only if it is there. */
const optional = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'pg-native',
  '@google-cloud/spanner',
  '@sap/*',
  'better-sqlite3',
  'hdb-pool',
  'ioredis',
  'mongodb',
  'mssql',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-query-stream',
  'react-native-sqlite-storage',
  'redis',
  'sql.js',
  'sqlite3',
  'typeorm-aurora-data-api-driver',
];

const shared = {
  entryPoints: ['dist/main.js'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The names of jobs are those of classes.
  keepNames: true,
  minify: true,
  external: optional,
};

await build({ ...shared, format: 'cjs', outfile: 'bundle/main.cjs' });
await build({
  ...shared,
  format: 'esm',
  outfile: 'bundle/main.mjs',
  // CommonJS packages inside of an ES module want these.
  banner: {
    js: `import { createRequire } from 'node:module'; import { dirname } from 'node:path'; import { fileURLToPath } from 'node:url';
const require = createRequire(import.meta.url), __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);`,
  },
});
