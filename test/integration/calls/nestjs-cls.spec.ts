import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase } from '../../support/database.js';

const run = promisify(execFile);

/** In a process of its own, since these packages are CommonJS, and Jest can not have them require NestJS 12. */
describe('beside @nestjs-cls/transactional', () => {
  it('calls join the transaction of the application, and transactional jobs share theirs', async () => {
    const database = await createTestDatabase();
    const file = join(import.meta.dirname, '../../fixtures/dist/nestjs-cls.js');
    const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url };
    const { failed, stdout } = await run(process.execPath, ['--test-reporter', 'spec', file], { env }).then(
      (told) => ({ ...told, failed: false }),
      (error: { stdout: string }) => ({ stdout: error.stdout, failed: true }),
    );
    if (failed) throw new Error(stdout);
    expect(stdout).toMatch(/pass 9/);
    await database.drop();
  }, 120_000);
});
