import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import {
  currentJob,
  InvalidJobOptionError,
  Job,
  type JobOptions,
  JobFunctionService,
  type QueueJob,
  UnserializableArgumentError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Worker {
  readonly seen: unknown[] = [];

  @Job()
  async plain(...args: unknown[]): Promise<unknown[]> {
    this.seen.push(args);
    return args;
  }

  @Job({
    defaultChannel: 'closed',
    priority: 3,
    maxRetries: 7,
    description: 'All of it',
    tags: ['a', 'b'],
    startBefore: '1 hour',
  })
  async whole(): Promise<readonly string[]> {
    return currentJob().job.tags;
  }

  @Job({ defaultChannel: 'closed', identityKey: 'one', identityScope: 'until_done' })
  async keyed(): Promise<void> {}

  @Job({ defaultChannel: 'closed', identityKey: 'newest', onDuplicate: 'debounce', maxWait: '1 min' })
  async debounced(_text: string): Promise<void> {}

  @Job({
    defaultChannel: (tenant: string) => `tenants.${tenant}`,
    identityKey: ({ args }) => args[0],
    description: (tenant: string) => `For ${tenant}`,
  })
  async tenant(_text: string): Promise<void> {}
}

interface SqlError {
  readonly message: string;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
}

describe('queue_job_enqueue()', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let role: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    role = `${database.role}_sql_${randomBytes(3).toString('hex')}`;
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'closed:1:paused,tenants.*:1', maxPayloadBytes: 2_000 },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const sql = async (
    name: string,
    args: unknown = [],
    options: unknown = {},
    run: { query: (text: string, values: unknown[]) => Promise<unknown> } = test.dataSource,
  ): Promise<string> => {
    const answer = await run.query('SELECT queue_job_enqueue($1, $2, $3) AS uuid', [
      name,
      JSON.stringify(args),
      JSON.stringify(options),
    ]);
    const rows = Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows;
    return (rows[0] as { uuid: string }).uuid;
  };
  const refusal = async (name: string, args: unknown, options: unknown): Promise<SqlError> => {
    try {
      await sql(name, args, options);
    } catch (error) {
      return (error as { driverError: SqlError }).driverError;
    }
    throw new Error(`${JSON.stringify(options)} was stored`);
  };
  const rowOf = async (uuid: string): Promise<Record<string, unknown>> => {
    const [row] = await test.dataSource.query<Record<string, unknown>[]>(
      `SELECT j.*, round(extract(epoch FROM j.eta - j.date_created)) AS eta_in,
         round(extract(epoch FROM j.start_before - j.date_created)) AS start_before_in
       FROM queue_job j WHERE uuid = $1`,
      [uuid],
    );
    const { uuid: _, seq: __, date_created: ___, eta, start_before, trace: ____, ...rest } = row ?? {};
    return { ...rest, hasEta: eta !== null, expires: start_before !== null };
  };
  const stored = async (): Promise<number> => {
    const [row] = await test.dataSource.query<{ count: string }[]>(
      'SELECT (SELECT count(*) FROM queue_job) + (SELECT count(*) FROM queue_job_history) AS count',
    );
    return Number(row?.count);
  };

  it('stores a job that a node runs, with the arguments that enqueue() would give it', async () => {
    const args = [1, 'two', null, true, { three: [4.5, { $type: 'mine', value: 1 }], $type: 'Date' }, [[]]];
    const uuids = [await sql('Worker.plain', args), (await test.queue.enqueue('Worker.plain', args)).uuid];
    for (const uuid of uuids) expect(await test.queue.finished(uuid)).toEqual(args);
    expect(test.get(Worker).seen.slice(-2)).toEqual([args, args]);
  });

  it('gives types as the table has them, with types: true', async () => {
    const date = { $type: 'Date', value: '2030-01-01T00:00:00.000Z' };
    const uuid = await sql('Worker.plain', [date], { types: true });
    expect(await test.queue.finished(uuid)).toEqual([new Date('2030-01-01')]);
  });

  it.each<[string, string, readonly unknown[], JobOptions]>([
    ['nothing given', 'Worker.plain', [], { channel: 'closed' }],
    ['what @Job() says', 'Worker.whole', [], {}],
    [
      'what the call says',
      'Worker.whole',
      [],
      {
        priority: 0,
        maxRetries: 0,
        description: "It's mine",
        channel: 'root.closed.näher',
        tags: ['x', 'x', 'y'],
        startBefore: '2 days',
        eta: '1.5h',
        identityKey: 'k',
      },
    ],
    ['no tags', 'Worker.whole', [], { tags: [], eta: 90 }],
    ['a key of @Job()', 'Worker.keyed', [], {}],
    ['another scope', 'Worker.keyed', [], { identityScope: 'waiting', identityKey: 'other' }],
    [
      'a window',
      'Worker.plain',
      [1],
      { channel: 'closed', identityKey: 'w', identityScope: { window: '1 min' } },
    ],
    ['a debounced job', 'Worker.debounced', ['a'], { eta: '5 s' }],
    ['an older eta', 'Worker.whole', [], { eta: 0 }],
  ])('stores the row that enqueue() does: %s', async (_, name, args, options) => {
    const byCall = await test.queue.enqueue(name, args, options);
    const expected = await rowOf(byCall.uuid);
    await test.queue.cancel(byCall.uuid);
    if (options.identityKey !== undefined) await test.queue.releaseKey(options.identityKey as string);
    const uuid = await sql(name, args, options);
    expect(uuid).not.toBe(byCall.uuid);
    expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect(await rowOf(uuid)).toEqual(expected);
    await test.queue.cancel(uuid);
  });

  it('takes dates with a time zone, as to_jsonb() makes them', async () => {
    const [{ uuid } = { uuid: '' }] = await test.dataSource.query<{ uuid: string }[]>(
      `SELECT queue_job_enqueue('Worker.whole', options => jsonb_build_object(
         'eta', now() + interval '1 hour', 'startBefore', now() + interval '2 hours')) AS uuid`,
    );
    expect(await rowOf(uuid)).toMatchObject({ eta_in: '3600', start_before_in: '7200', phase: 1 });
  });

  it('returns the job that has the key, and replaces it where it is asked to', async () => {
    const key = { identityKey: 'dup', channel: 'closed' };
    const first = await sql('Worker.plain', ['a'], key);
    expect(await sql('Worker.plain', ['b'], key)).toBe(first);
    expect((await test.queue.enqueue('Worker.plain', ['c'], key)).uuid).toBe(first);
    expect((await test.queue.find(first))?.args).toEqual(['a']);
    expect(await sql('Worker.plain', ['d'], { ...key, onDuplicate: 'replace', userId: 7 })).toBe(first);
    expect(await test.queue.find(first)).toMatchObject({ args: ['d'], userId: '7' });
    expect(await refusal('Worker.whole', [], { ...key, onDuplicate: 'replace' })).toMatchObject({
      code: 'QJ003',
      detail: 'IDENTITY_TAKEN',
      message: `The identity key 'dup' of Worker.whole is taken by job ${first} of Worker.plain, and onDuplicate: 'replace' would change what runs. Give each job function keys of its own.`,
    });
  });

  it('follows a change of the job function', async () => {
    await test.get(JobFunctionService).configure('Worker.tenant', { channel: 'closed.changed' });
    const uuid = await sql('Worker.tenant', ['x'], { identityKey: 'x' });
    expect(await rowOf(uuid)).toMatchObject({ channel: 'root.closed.changed', description: 'Worker.tenant' });
    await test.get(JobFunctionService).reset('Worker.tenant');
  });

  it('asks for what the application makes of the arguments', async () => {
    expect(await refusal('Worker.tenant', ['x'], { identityKey: 'x' })).toMatchObject({
      code: 'QJ001',
      message:
        'The application makes the channel of a job of Worker.tenant by a function of its arguments, which SQL can not call: give channel in the options.',
    });
    expect((await refusal('Worker.tenant', ['x'], { channel: 'closed' })).message).toContain(
      'give identityKey',
    );
    const uuid = await sql('Worker.tenant', ['y'], { identityKey: 'y', channel: 'tenants.sql' });
    // No row is made for the channel in a transaction that might last; the first claim has it made, with its limits.
    await test.queue.finished(uuid);
    expect(await test.channels.get('tenants.sql')).toMatchObject({ capacity: 1 });
  });

  it('lets names that no node knows wait', async () => {
    const uuid = await sql('Worker.later', [], { channel: 'closed' });
    expect(await test.queue.find(uuid)).toMatchObject({
      state: 'pending',
      name: 'Worker.later',
      priority: 10,
      maxRetries: 5,
      description: 'Worker.later',
    });
  });

  const YEAR = '2100-01-01T00:00:00Z';
  const WRONG: readonly JobOptions[] = [
    ...[-1, 1.5, 2_147_483_648, '5', null, [5], [1, 2, 3, 4, 5, 6], { value: { of: { it: 1 } } }].flatMap(
      (value) => [{ priority: value }, { maxRetries: value }],
    ),
    ...[
      -1,
      1e18,
      '',
      '5',
      'tomorrow',
      '-5h',
      '1e999 s',
      null,
      {},
      true,
      [],
      '2030-02-30T00:00:00Z',
      '9'.repeat(101),
    ].map((eta) => ({ eta })),
    ...['', ' ', 'x'.repeat(1_001), 5, null, {}].map((description) => ({ description })),
    ...['', 'x'.repeat(256), 5, null, {}, ['a']].map((identityKey) => ({ identityKey })),
    ...['done', '', 5, null, {}, { more: 1, window: '1 s' }, { windows: 5 }, ['waiting']].map(
      (identityScope) => ({ identityScope }),
    ),
    ...[0, -1, '', '5', 'long', '0 s', null, {}, true, '367 days', 366 * 86_400 + 1].map((window) => ({
      identityScope: { window },
    })),
    ...['drop', '', 5, null].map((onDuplicate) => ({ onDuplicate })),
    ...[0, -1, '5', 'long', null, {}].map((maxWait) => ({ maxWait })),
    ...[
      'a',
      null,
      {},
      5,
      [''],
      [' '],
      ['a', 5],
      ['x'.repeat(101)],
      Array.from({ length: 21 }, (_, at) => `t${at}`),
    ].map((tags) => ({ tags })),
    ...[0, -1, 'never', null, {}, true].map((startBefore) => ({ startBefore })),
    ...['', ' a', 'a b', 'a..b', 'a.*', '.', null, 5, 'x'.repeat(252), 'x'.repeat(256), 'a:1'].map(
      (channel) => ({ channel }),
    ),
    { startBefore: '1 s', eta: '1 s' },
    { startBefore: '1 s', eta: '2 s' },
    { onDuplicate: 'replace' },
    { onDuplicate: 'debounce', eta: '1 s' },
    { identityKey: 'k', onDuplicate: 'debounce' },
    { identityKey: 'k', onDuplicate: 'debounce', eta: '10 s', maxWait: '9 s' },
    { identityKey: 'k', maxWait: '9 s' },
    { identityKey: 'k', onDuplicate: 'replace', maxWait: '9 s' },
    { identityKey: 'k', onDuplicate: 'replace', identityScope: 'until_done' },
    { identityKey: 'k', onDuplicate: 'replace', identityScope: { window: 5 } },
    { description: `a'b`, priority: `it's` },
    { priority: `"it's"` },
    { priority: `\`"it's"\`` },
    { priority: 'a\\b\nc' },
  ] as readonly JobOptions[];

  it('refuses wrong options in the words of enqueue(), and stores nothing', async () => {
    const before = await stored();
    for (const options of WRONG) {
      const expected = (await test.queue.enqueue('Worker.plain', [], options).then(
        () => new Error(`${JSON.stringify(options)} was stored by enqueue()`),
        (error: unknown) => error,
      )) as Error;
      expect(expected).toBeInstanceOf(InvalidJobOptionError);
      const refused = await refusal('Worker.plain', [], options);
      expect({ ...refused, message: refused.message, options }).toMatchObject({
        message: expected.message,
        code: 'QJ001',
        detail: 'INVALID_JOB_OPTION',
        hint: expect.stringContaining('Nothing was stored.'),
        options,
      });
    }
    for (const eta of [YEAR])
      expect(
        (await refusal('Worker.plain', [], { identityKey: 'k', onDuplicate: 'debounce', eta })).message,
      ).toContain('needs an eta in seconds');
    expect(await stored()).toBe(before);
  });

  it.each<[string, unknown, unknown, unknown, string]>([
    ['no name', null, [], {}, 'name must be a string of 1 to 255 characters'],
    ['a blank name', ' ', [], {}, "not ' '."],
    ['blanks at its ends', ' a', [], {}, 'without blanks at its ends'],
    ['a long name', 'x'.repeat(256), [], {}, '156 more characters'],
    ['no list', 'a', { 0: 1 }, {}, "The arguments of a job are an array, such as [product], not { '0': 1 }."],
    ['a list of options', 'a', [], [], 'The options must be an object, not [].'],
    ['no options', 'a', [], null, 'The options must be an object, not null.'],
    [
      'an unknown one',
      'a',
      [],
      { max_retries: 5 },
      "The property 'max_retries' is unknown. Did you mean maxRetries?",
    ],
    [
      'another',
      'a',
      [],
      { noDelay: true },
      "The property 'noDelay' is unknown. The properties are: priority, eta",
    ],
    ['a user', 'a', [], { userId: '' }, 'userId must be a string of 1 to 255 characters'],
    ['a switch', 'a', [], { notify: 'yes' }, "notify must be true or false, not 'yes'."],
    [
      'a moment that has passed',
      'a',
      [],
      { startBefore: '2001-01-01T00:00:00Z' },
      'has passed: the job could never begin.',
    ],
    [
      'a date without a zone',
      'a',
      [],
      { eta: '2030-01-01T00:00:00' },
      'or a valid Date of the years 1 to 9999',
    ],
  ])('refuses %s', async (_, name, args, options, says) => {
    const { message, code } = await refusal(name as string, args, options);
    expect(message).toContain(says);
    expect(code).toBe('QJ001');
  });

  it('refuses NULL for any of the three', async () => {
    for (const given of ['NULL', "'a', NULL", "'a', '[]', NULL"]) {
      await expect(test.dataSource.query(`SELECT queue_job_enqueue(${given})`)).rejects.toThrow('not null');
    }
  });

  it('refuses what is larger than the application allows', async () => {
    const refused = await refusal('Worker.plain', ['x'.repeat(2_000)], {});
    expect(refused).toMatchObject({ code: 'QJ002', detail: 'UNSERIALIZABLE_ARGUMENT' });
    const expected = await test.queue
      .enqueue('Worker.plain', ['x'.repeat(2_000)])
      .catch((error: unknown) => error);
    expect(expected).toBeInstanceOf(UnserializableArgumentError);
    expect(refused.message).toBe((expected as Error).message);
  });

  it('is stored with the transaction of its caller, at every isolation level, or not at all', async () => {
    const before = await stored();
    const uuids: string[] = [];
    for (const level of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const) {
      await test.dataSource.transaction(level, async (manager) => {
        await manager.query('SELECT 1');
        uuids.push(await sql('Worker.plain', [level], {}, manager));
        uuids.push(await sql('Worker.plain', [level], { identityKey: level }, manager));
        expect(await sql('Worker.plain', [], { identityKey: level }, manager)).toBe(uuids.at(-1));
      });
      await expect(
        test.dataSource.transaction(level, async (manager) => {
          await sql('Worker.plain', ['lost'], {}, manager);
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
    }
    for (const uuid of uuids) await test.queue.finished(uuid);
    expect(await stored()).toBe(before + uuids.length);
  });

  it('is all that a role needs to be granted', async () => {
    const password = randomBytes(8).toString('hex');
    await database.asAdmin(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = password;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      await expect(sql('Worker.plain', ['role'], {}, client)).rejects.toMatchObject({ code: '42501' });
      await test.dataSource.query(`GRANT EXECUTE ON FUNCTION queue_job_enqueue TO ${role}`);
      await client.query(`CREATE TEMP TABLE queue_job (uuid uuid)`);
      await client.query('SET search_path = pg_temp, public');
      const options = { identityKey: 'by a role', onDuplicate: 'replace', notify: true };
      expect(await test.queue.finished(await sql('Worker.plain', ['role'], options, client))).toEqual([
        'role',
      ]);
      await expect(client.query('SELECT * FROM public.queue_job')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
      await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('starts within a second or so, and at once where nodes are notified', async () => {
    const jobs: QueueJob[] = [];
    for (const notify of [false, true]) {
      const uuid = await sql('Worker.plain', [notify], { notify });
      await test.queue.finished(uuid);
      jobs.push((await test.queue.find(uuid)) as QueueJob);
    }
    expect(jobs.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('starts when its eta has come, of which no node was notified', async () => {
    const uuid = await sql('Worker.plain', ['due'], { eta: '0.2 s' });
    expect(await test.queue.finished(uuid)).toEqual(['due']);
    await eventually(async () => expect(await test.queue.find(uuid)).toMatchObject({ state: 'done' }));
  });
});

describe('queue_job_enqueue() beside encrypted payloads', () => {
  it('is refused, unless the arguments may be read', async () => {
    const database = await createTestDatabase();
    const key = Buffer.alloc(32, 1).toString('base64');
    const test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { codec: { encrypt: { keys: [{ id: 'one', key }] } } },
    });
    for (const name of ['Worker.plain', 'Worker.unknown']) {
      await expect(test.dataSource.query(`SELECT queue_job_enqueue('${name}', '[1]')`)).rejects.toMatchObject(
        {
          driverError: {
            code: 'QJ002',
            message: expect.stringContaining('the application encrypts what its jobs carry') as string,
          },
        },
      );
    }
    const [{ uuid } = { uuid: '' }] = await test.dataSource.query<{ uuid: string }[]>(
      `SELECT queue_job_enqueue('Worker.plain', '[1]', '{"unencrypted": true}') AS uuid`,
    );
    expect(await test.queue.finished(uuid)).toEqual([1]);
    await test.close();
    await database.drop();
  });
});

describe('queue_job_enqueue() in a schema whose default privileges let a role execute functions', () => {
  it('is closed to that role', async () => {
    const database = await createTestDatabase({ empty: true });
    const role = `${database.role}_web_${randomBytes(3).toString('hex')}`;
    await database.asAdmin(
      `CREATE ROLE ${role};
       ALTER DEFAULT PRIVILEGES FOR ROLE ${database.role} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO ${role}`,
    );
    const test = await startApplication({ url: database.url, providers: [Worker] });
    try {
      const rows = await test.dataSource.query<object[]>(
        `SELECT p.proname AS name, has_function_privilege('${role}', p.oid, 'EXECUTE') AS may FROM pg_proc p
         WHERE p.proname IN ('queue_job_enqueue', 'queue_job_claim_1') ORDER BY 1`,
      );
      // The others run with the rights of their callers, and need those on the tables.
      expect(rows).toEqual([
        { name: 'queue_job_claim_1', may: true },
        { name: 'queue_job_enqueue', may: false },
      ]);
    } finally {
      await test.close();
      await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.drop();
    }
  });
});
