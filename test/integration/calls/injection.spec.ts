import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import fc from 'fast-check';
import pg, { type Client } from 'pg';
import {
  currentJob,
  Job,
  JobFunctionService,
  QueueJobError,
  type QueueJobModuleOptions,
  QueueJobModule,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Worker {
  @Job()
  async echo(text: string): Promise<string> {
    currentJob().log(text, { [text]: text });
    return text;
  }

  @Job()
  async fail(text: string): Promise<void> {
    throw new Error(text);
  }
}

/** What is written where SQL, its quotes or its types could be left. */
const hostile = fc.oneof(
  fc.constantFrom(
    "'; DROP TABLE queue_job; --",
    `"; DROP TABLE queue_job; --`,
    "' OR '1'='1",
    "'); DELETE FROM canary; --",
    `x"); DELETE FROM canary; --`,
    "\\'; DELETE FROM canary; --",
    '$$; DELETE FROM canary; $$',
    '$1', '$1::uuid', '%s', '{}', '{"a"}', '{NULL}', 'NULL', '\\x00', '\\', "E'\\''", "U&'\\0041'",
    '/* */', '--', ';', "''", '""', '`', '*', '?', ':name', '(SELECT 1)', 'queue_job; SELECT pg_sleep(9)',
    '<script>alert(1)</script>', '__proto__', 'constructor', 'toString', '\u2028', '\u202e', '\ufeff', 'İ', 'ß',
  ), // prettier-ignore
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', ';', '-', '$', '{', '}', ',', '(', ')', '%', '.', ' ', 'a'),
    maxLength: 40,
  }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('text that is meant as SQL', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let client: Client;
  let user: string | undefined;
  /** What the driver is given to send, in this process. */
  const driver = jest.spyOn(pg.Client.prototype, 'query');

  beforeAll(async () => {
    database = await createTestDatabase();
    const options: QueueJobModuleOptions = { userId: () => user };
    test = await startApplication({ url: database.url, providers: [Worker], options, logger: false });
    client = await connect(database.url);
    await client.query(`CREATE TABLE canary AS SELECT 'alive' AS state`);
  });

  afterAll(async () => {
    driver.mockRestore();
    await client.end();
    await test.close();
    await database.drop();
  });

  const jobFunctions = () => test.get(JobFunctionService);
  /** Of every way in: what it answers, or the refusal of our own. Anything else is a hole. */
  const WAYS: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
    argument: async (text) => {
      const job = await test.queue.withDelay(Worker).echo(text);
      expect(await test.queue.finished(job, { timeout: 10_000 })).toBe(text);
      expect(await test.queue.logs(job.uuid)).toMatchObject([{ data: { [text]: text } }]);
    },
    error: async (text) => {
      const job = await test.queue.withDelay(Worker).fail(text);
      const error = await test.queue.finished(job, { timeout: 10_000 }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'JOB_FAILED', cause: { message: text } });
    },
    description: async (text) => {
      const job = await test.queue.withDelay(Worker, { description: text, eta: '1h' }).echo('');
      expect(await test.queue.find(job.uuid)).toMatchObject({ description: text });
    },
    identityKey: async (text) => {
      const job = await test.queue.withDelay(Worker, { identityKey: text, eta: '1h' }).echo('');
      expect(await test.queue.findByIdentityKey(text)).toMatchObject({ uuid: job.uuid, identityKey: text });
    },
    channel: async (text) => test.queue.withDelay(Worker, { channel: text, eta: '1h' }).echo(''),
    name: async (text) => test.queue.enqueue(text, []),
    uuid: async (text) => test.queue.find(text),
    userId: async (text) => {
      user = text;
      try {
        const job = await test.queue.withDelay(Worker, { eta: '1h' }).echo('');
        expect(job.userId).toBe(text);
        expect((await test.queue.list({ userId: text, limit: 1 })).map(({ uuid }) => uuid)).toEqual([
          job.uuid,
        ]);
      } finally {
        user = undefined;
      }
    },
    by: async (text) => {
      const [one, other] = [
        await test.queue.withDelay(Worker, { eta: '1h' }).echo(''),
        await test.queue.withDelay(Worker, { eta: '1h' }).echo(''),
      ];
      expect(await test.queue.cancel(one.uuid, { by: text })).toMatchObject({
        result: `Cancelled by ${text}`,
      });
      expect(await test.queue.setDone(other.uuid, { by: text })).toMatchObject({
        result: `Manually set to done by ${text}`,
      });
    },
    postponed: async (text) => {
      const { uuid } = await test.queue.withDelay(Worker, { eta: '1h' }).echo('');
      expect(await test.queue.postpone(uuid, { seconds: 9, result: { text } })).toMatchObject({
        result: { text },
      });
    },
    'filter by name': async (text) => {
      expect(await test.queue.list({ name: text })).toEqual([]);
    },
    'filter by channel': async (text) => test.queue.list({ channel: text }),
    'filter by state': async (text) => test.queue.list({ state: text as never }),
    'filter by page': async (text) => test.queue.list({ before: text }),
    'channel settings': async (text) => {
      await test.channels.configure(text, { paused: false });
      // One that stands for those below another is no channel itself.
      const listed = !(text === '*' || text.endsWith('.*'));
      if (listed) expect((await test.channels.get(text)).paused).toBe(false);
      await test.channels.reset(text);
    },
    'function settings': async (text) => jobFunctions().configure('Worker.fail', { channel: text }),
    'function name': async (text) => jobFunctions().reset(text),
  };

  it.each(Object.keys(WAYS))(
    'is stored as it is, or refused with an error of ours: %s',
    async (way) => {
      await fc.assert(
        fc.asyncProperty(hostile, async (text) => {
          try {
            await WAYS[way]?.(text);
          } catch (error) {
            if (!(error instanceof QueueJobError)) throw error;
            expect(error.code).toMatch(
              /^(?:INVALID_JOB_OPTION|UNSERIALIZABLE_ARGUMENT|CHANNEL_CONFIG|UNKNOWN_JOB)$/,
            );
          }
        }),
        { numRuns: 60 },
      );
      expect((await client.query('SELECT * FROM canary')).rows).toEqual([{ state: 'alive' }]);
      await jobFunctions().reset('Worker.fail');
    },
    60_000,
  );

  it('never stands in a statement: whatever is given is bound', async () => {
    const marker = 'marked0by0the0test';
    driver.mockClear();
    for (const way of Object.values(WAYS)) await way(marker).catch(() => undefined);
    const sent = (driver.mock.calls as unknown[][]).map(([given]) =>
      typeof given === 'string' ? given : ((given as { text?: string }).text ?? ''),
    );
    expect(sent.length).toBeGreaterThan(50);
    expect(sent.filter((text) => text.includes(marker))).toEqual([]);
  });
});

describe('a schema of any name', () => {
  it('holds the tables and runs jobs, or is refused', async () => {
    const database = await createTestDatabase({ empty: true });
    const client = await connect(database.url);
    await client.query(`CREATE TABLE canary AS SELECT 'alive' AS state`);
    const own = new URL(database.url).pathname.slice(1);
    await database.asAdmin(`GRANT CREATE ON DATABASE ${own} TO ${database.role}`);
    const name = fc.oneof(
      hostile,
      fc.constantFrom("it's", 'Jobs of today', 'a-b', 'select', 'user', 'ä€', '100%', '$x', '\\'),
    );
    await fc.assert(
      fc.asyncProperty(name, async (schema) => {
        let test: TestApplication;
        try {
          QueueJobModule.forRoot({ schema });
          test = await startApplication({
            url: database.url,
            providers: [Worker],
            options: { schema },
            logger: false,
          });
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_MODULE_OPTION' });
          return;
        }
        try {
          const job = await test.queue.withDelay(Worker).echo(schema);
          await expect(test.queue.finished(job, { timeout: 10_000 })).resolves.toBe(schema);
          const { rows } = await client.query(
            `SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'queue_job'`,
            [schema],
          );
          expect(rows).toHaveLength(1);
        } finally {
          await test.close();
        }
      }),
      { numRuns: 25, examples: [["it's"], ['Jobs of today'], ['select'], ['\\'], ['a--b']] },
    );
    expect((await client.query('SELECT * FROM canary')).rows).toEqual([{ state: 'alive' }]);
    await client.end();
    await database.drop();
  }, 120_000);
});
