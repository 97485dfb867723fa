// The integration tests through PgBouncer in transaction mode, with `listen: false`. Arguments go to jest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const { error, stdout } = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' });
if (error !== undefined) {
  console.log('Skipped: there is no pgbouncer on the PATH. On Debian: apt-get install pgbouncer');
  process.exit(0);
}
console.log(stdout.split('\n', 1)[0]);

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config',
    'test/pgbouncer/jest.config.mjs',
    ...process.argv.slice(2),
  ],
  { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' },
);
process.exitCode = status ?? 1;
