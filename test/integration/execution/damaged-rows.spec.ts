import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { v7 } from 'uuid';
import { currentJob, Job, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Worker {
  @Job()
  async run(...args: unknown[]): Promise<unknown> {
    return args.length;
  }

  @Job()
  async echo(...args: unknown[]): Promise<unknown> {
    return args;
  }

  @Job()
  async parents(): Promise<unknown[]> {
    return currentJob().parentResults();
  }

  @Job()
  async fail(): Promise<void> {
    throw new Error('as ever');
  }
}

/** The columns of a row that somebody wrote by hand, SQL expressions; the rest is as it should be. */
type Damage = Readonly<Record<string, string>>;

const tag = (type: string, value: string): string => `'[{"$type": "${type}", "value": ${value}}]'`;
const deep = (levels: number): string => `'${'['.repeat(levels)}${']'.repeat(levels)}'`;

/** Rows whose job fails, with the error that it shows. */
const FAIL: [what: string, damage: Damage, excName: string, says: string][] = [
  ['arguments that are an object', { args: `'{"a": 1}'` }, 'DamagedPayloadError', 'args is damaged in the stored JSON: it is no array'],
  ['arguments that are a text', { args: `'"text"'` }, 'DamagedPayloadError', 'it is no array'],
  ['arguments that are a number', { args: `'5'` }, 'DamagedPayloadError', 'it is no array'],
  ['arguments that are null', { args: `'null'` }, 'DamagedPayloadError', 'it is no array'],
  ['arguments that are one tag', { args: `'{"$type": "Set", "value": []}'` }, 'DamagedPayloadError', 'it is no array'],
  ['a type that nobody has registered', { args: tag('Money', '5') }, 'UnknownCodecError', 'args[0] has the type "Money", and no codec of that name is registered'],
  ['a type named as a global class', { args: tag('Function', '"return process"') }, 'UnknownCodecError', 'no codec of that name is registered'],
  ['a type named __proto__', { args: tag('__proto__', '{}') }, 'UnknownCodecError', 'args[0] has the type "__proto__"'],
  ['a type named constructor', { args: tag('constructor', '{}') }, 'UnknownCodecError', 'args[0] has the type "constructor"'],
  ['a type that is no text', { args: `'[{"$type": 5, "value": 1}]'` }, 'DamagedPayloadError', 'its $type is no string'],
  ['a type with more than its value', { args: `'[{"$type": "Date", "value": null, "more": 1}]'` }, 'DamagedPayloadError', 'it has more than $type and value'],
  ['a date that is none', { args: tag('Date', '"yesterday"') }, 'DamagedPayloadError', 'expected a date such as 2026-01-31T12:00:00.000Z'],
  ['a date that is a number', { args: tag('Date', '5') }, 'DamagedPayloadError', 'expected a string'],
  ['a bigint that is none', { args: tag('bigint', '"0x10"') }, 'DamagedPayloadError', 'expected a whole number in a string'],
  ['a Map of no pairs', { args: tag('Map', '[[1]]') }, 'DamagedPayloadError', 'expected pairs of a key and a value'],
  ['a RegExp that is none', { args: tag('RegExp', '{"source": "(", "flags": ""}') }, 'DamagedPayloadError', 'it is no RegExp'],
  ['bytes that are none', { args: tag('Buffer', '"****"') }, 'DamagedPayloadError', 'expected base64'],
  ['an entity that nobody knows', { args: tag('Entity', '{"entity": "Nothing", "id": {"id": 1}}') }, 'UnknownCodecError', "no entity named 'Nothing'"],
  ['an entity without its key', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {}}') }, 'DamagedPayloadError', 'id is the primary key of QueueJobMeta'],
  ['an entity with another key', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {"schemaVersion": 1}}') }, 'DamagedPayloadError', 'id is the primary key of QueueJobMeta'],
  ['an entity whose key is a prototype', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {"__proto__": {"id": 1}}}') }, 'DamagedPayloadError', 'id is the primary key of QueueJobMeta'],
  ['an entity whose key is an object', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {"id": {"a": 1}}}') }, 'DamagedPayloadError', 'id is the primary key of QueueJobMeta'],
  ['an entity whose key is of the wrong type', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {"id": "one"}}') }, 'QueryFailedError', 'invalid input syntax for type integer'],
  ['an entity that is gone', { args: tag('Entity', '{"entity": "QueueJobMeta", "id": {"id": 77}}') }, 'RecordGoneError', 'QueueJobMeta (id: 77) no longer exists'],
  ['tags 1,000 levels deep', { args: `'${'[{"$type":"Set","value":['.repeat(1_000)}${']}]'.repeat(1_000)}'` }, 'DamagedPayloadError', 'it is nested more than 610 levels deep'],
  ['a context of a type that nobody knows', { context: `'{"$type": "Money", "value": 5}'` }, 'UnknownCodecError', 'context has the type "Money"'],
  ['a negative number of tries allowed', { name: `'Worker.fail'`, max_retries: '-1' }, 'Error', 'as ever'],
  ['the largest number of tries', { name: `'Worker.fail'`, retry: '2147483647' }, 'Error', 'as ever'],
  ['a negative number of tries', { name: `'Worker.fail'`, retry: '-5' }, 'Error', 'as ever'],
  ['the smallest number of tries', { name: `'Worker.fail'`, retry: '-2147483648' }, 'Error', 'as ever'],
]; // prettier-ignore

/** Rows whose job runs all the same. */
const RUN: [what: string, damage: Damage, result: unknown][] = [
  ['a state that there is not', { state: `'nonsense'` }, 1],
  ['an empty state', { state: `''` }, 1],
  ['a state that is another', { state: `'wait_dependencies'` }, 1],
  ['a state that is code', { state: `'<script>alert(1)</script>'` }, 1],
  ['a channel that nobody made', { channel: `'root.nobody.made'` }, 1],
  ['a channel outside of the root', { channel: `'elsewhere'` }, 1],
  ['a channel without a name', { channel: `''` }, 1],
  ['a channel of dots', { channel: `'..'` }, 1],
  ['a channel that ends in a dot', { channel: `'root.'` }, 1],
  ['a channel that is a wildcard', { channel: `'root.*'` }, 1],
  ['a channel that is a prototype', { channel: `'__proto__'` }, 1],
  ['a channel that is SQL', { channel: `'x''; DROP TABLE queue_job; --'` }, 1],
  ['the smallest priority', { priority: '-2147483648' }, 1],
  ['the largest priority', { priority: '2147483647' }, 1],
  ['the largest number of tries', { retry: '2147483647' }, 1],
  ['a number of its own', { seq: '9223372036854775807' }, 1],
  ['dates at the end of time', { date_created: `'infinity'`, date_enqueued: `'-infinity'`, date_started: `'infinity'` }, 1],
  ['an eta that has always passed', { eta: `'-infinity'`, phase: '1' }, 1],
  ['no description', { description: `''` }, 1],
  ['a result before its end', { result: `'"early"'` }, 1],
  ['errors of another try', { exc_name: `'Error'`, exc_message: `'old'`, exc_info: `'old'` }, 1],
  ['progress that is no number', { progress: `'NaN'`, progress_total: `'-Infinity'` }, 1],
  ['a graph that there is not', { graph_uuid: 'gen_random_uuid()', has_children: 'true' }, 1],
  ['a context of the wrong type', { context: `'5'` }, 1],
  ['a prototype as key', { name: `'Worker.echo'`, args: `'[{"__proto__": {"admin": true}, "constructor": 1}]'` }, [JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}')]],
  ['a key twice', { name: `'Worker.echo'`, args: `'[{"a": 1, "a": 2}]'` }, [{ a: 2 }]],
  ['a number beyond all numbers', { args: `'[1e999]'` }, 1],
  ['a NUL', { name: `'Worker.run'`, args: `'["a\\u0000b"]'` }, 1],
  ['a NUL that is handed back', { name: `'Worker.echo'`, args: `'["a\\u0000b"]'` }, null],
  ['arrays 5,000 levels deep', { args: `('[' || ${deep(5_000)} || ']')::json` }, 1],
  ['arrays 5,000 levels deep that are handed back', { name: `'Worker.echo'`, args: `('[' || ${deep(5_000)} || ']')::json` }, null],
]; // prettier-ignore

/** Rows that nobody may run, and why that shows. */
const WAIT: [what: string, damage: Damage][] = [
  ['a name that nobody has', { name: `'Worker.nothing'` }],
  ['an empty name', { name: `''` }],
  ['a name that is a prototype', { name: `'__proto__'` }],
  ['a method that is no job', { name: `'Worker.constructor'` }],
  ['an eta that never comes', { eta: `'infinity'`, phase: '1' }],
  ['an eta that is missing', { eta: 'NULL', phase: '1' }],
  ['a phase that there is not', { phase: '77' }],
  ['a negative phase', { phase: '-1' }],
  ['a node that there never was', { node: '424242' }],
];

describe('a row that was damaged by hand', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker], logger: false });
    client = await connect(database.url);
  });

  afterAll(async () => {
    await client.end();
    await test.close();
    // Rows are changed by hand here, as no node does it.
    await database.drop({ orphans: true });
  });

  const insert = async (damage: Damage): Promise<string> => {
    const uuid = v7();
    const row: Damage = {
      uuid: `'${uuid}'`,
      name: `'Worker.run'`,
      description: `'d'`,
      args: `'[1]'`,
      ...damage,
    };
    await client.query(
      `INSERT INTO queue_job (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).join(', ')})`,
    );
    await client.query(`SELECT pg_notify('public.queue_job', 'test {"ready":true}')`);
    return uuid;
  };
  const ended = async (uuid: string): Promise<QueueJob> =>
    eventually(async () => {
      const job = (await test.queue.find(uuid)) as QueueJob;
      expect(job.node === null || job.dateDone !== null).toBe(true);
      expect(['done', 'failed', 'cancelled']).toContain(job.state);
      return job;
    }, 4_000);
  /** The runner goes on: a job stored after it is done soon. */
  const expectOthersToRun = async (): Promise<void> => {
    const job = await test.queue.withDelay(Worker).run('a', 'b');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe(2);
  };
  /** Whatever it is, it can be looked at. */
  const expectToBeSeen = async (uuid: string): Promise<void> => {
    expect((await test.queue.list({ limit: 1_000 })).map((job) => job.uuid)).toContain(uuid);
    expect(await test.queue.attempts(uuid)).toEqual(expect.any(Array));
    expect(await test.queue.relatedAction(uuid)).toBeNull();
  };

  it.each(FAIL)('fails, with what is wrong: %s', async (_, damage, excName, says) => {
    const uuid = await insert(damage);
    const job = await ended(uuid);
    expect(job).toMatchObject({
      state: 'failed',
      excName,
      excMessage: expect.stringContaining(says) as unknown,
    });
    await expectToBeSeen(uuid);
    await expectOthersToRun();
    await expect(test.queue.finished(uuid, { timeout: 5_000 })).rejects.toMatchObject({ code: 'JOB_FAILED' });
    expect(await test.queue.setDone(uuid)).toMatchObject({ state: 'done' });
  });

  it.each(RUN)('runs all the same: %s', async (_, damage, result) => {
    const uuid = await insert(damage);
    expect(await ended(uuid)).toMatchObject({ state: 'done', excName: null });
    await expect(test.queue.finished(uuid, { timeout: 5_000 })).resolves.toEqual(result);
    await expectToBeSeen(uuid);
    await expectOthersToRun();
  });

  it.each(WAIT)('waits until somebody decides: %s', async (_, damage) => {
    const uuid = await insert(damage);
    await expectOthersToRun();
    await expectToBeSeen(uuid);
    expect(await test.queue.find(uuid)).toMatchObject({ state: 'pending', dateStarted: null });
    if (damage['node'] === undefined)
      expect(await test.queue.cancel(uuid)).toMatchObject({ state: 'cancelled' });
  });

  it('of a node that there never was is run once it is requeued', async () => {
    const uuid = await insert({ node: '434343' });
    await test.queue.requeue(uuid);
    expect(await ended(uuid)).toMatchObject({ state: 'done' });
  });

  it('among parents fails the child that asks for it, and no other', async () => {
    const parent = await test.queue.withDelay(Worker).run();
    await test.queue.finished(parent, { timeout: 5_000 });
    await client.query(`UPDATE queue_job_history SET result = '{"$type": "Money"}' WHERE uuid = $1`, [
      parent.uuid,
    ]);
    const child = v7();
    await client.query(`INSERT INTO queue_job_dependency (parent, child, satisfied) VALUES ($1, $2, true)`, [
      parent.uuid,
      child,
    ]);
    await insert({ uuid: `'${child}'`, name: `'Worker.parents'`, args: `'[]'` });
    expect(await ended(child)).toMatchObject({
      state: 'failed',
      excMessage: expect.stringContaining('"Money"') as unknown,
    });
    await expectOthersToRun();
  });

  it.each([
    ['no JSON text', `'5'`],
    ['nothing', 'NULL'],
    ['an object', `'{"a": 1}'`],
    ['an unknown type', `'{"$type": "Money", "value": 1}'`],
  ])('that is cancelled can be waited for, its result %s', async (_, result) => {
    const job = await test.queue.withDelay(Worker, { eta: '1h' }).run();
    await test.queue.cancel(job.uuid);
    await client.query(`UPDATE queue_job_history SET result = ${result} WHERE uuid = $1`, [job.uuid]);
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toMatchObject({
      code: 'JOB_CANCELLED',
    });
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'cancelled' });
  });

  it('that ended in a state that there is not is told as lost', async () => {
    const job = await test.queue.withDelay(Worker, { eta: '1h' }).run();
    await test.queue.cancel(job.uuid);
    await client.query(`UPDATE queue_job_history SET state = 'vanished' WHERE uuid = $1`, [job.uuid]);
    expect(await test.queue.find(job.uuid)).toMatchObject({ state: 'vanished' });
    await expect(test.queue.finished(job, { timeout: 300 })).rejects.toMatchObject({
      code: 'FINISHED_TIMEOUT',
    });
    await expectOthersToRun();
  });

  it.each([
    [
      'a channel',
      `UPDATE queue_job_channel SET capacity = -5, throttle = -1, removal_interval = 'NaN' WHERE name = 'root.damaged'`,
    ],
    [
      'the next start of a channel',
      `UPDATE queue_job_channel SET throttle = 1, next_start = 'infinity' WHERE name = 'root.damaged'`,
    ],
    [
      'a lookup of a channel',
      `UPDATE queue_job_channel SET limiting_channels = ARRAY['root.nothing'] WHERE name = 'root.damaged'`,
    ],
    [
      'a permit',
      `INSERT INTO queue_job_permit (channel, node, count) VALUES ('root.damaged', 424242, 2147483647)`,
    ],
    ['a claim', `INSERT INTO queue_job_claim (node, id, jobs) VALUES (424242, 1, ARRAY[gen_random_uuid()])`],
    [
      'a job function',
      `INSERT INTO queue_job_function (name, channel, retry_pattern) VALUES ('Worker.echo', 'a b', '"text"')
       ON CONFLICT (name) DO UPDATE SET channel = excluded.channel, retry_pattern = excluded.retry_pattern, defaults = '7'`,
    ],
    ['a dead node', `INSERT INTO queue_job_node (name, alive, suspect_since) VALUES ('', true, '-infinity')`],
  ])('of %s stops no job of another channel', async (_, damage) => {
    await test.channels.configure('damaged', { capacity: 1 });
    await client.query(damage);
    await expectOthersToRun();
    expect(await test.channels.list()).toEqual(expect.any(Array));
    await test.channels.reset('damaged');
  });
});
