import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const run = promisify(execFile);

describe('two copies of the library in one process', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => database.drop());

  it("recognise each other's errors, decorators, delayables and running job", async () => {
    const file = join(import.meta.dirname, '../../fixtures/dist/two-copies.js');
    const { stdout } = await run(process.execPath, [file], {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url },
    });
    expect(JSON.parse(stdout)).toEqual({
      twice: true,
      retried: 2,
      nothing: 'nothing was left',
      failed: 'failed',
      tries: 1,
      recognised: [true, false],
      chained: 2,
    });
  });
});
