import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  chain,
  currentJob,
  identityExact,
  Job,
  JobFailedError,
  type QueueJob,
  type QueueJobModuleOptions,
  RelatedAction,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

@Entity()
class Customer {
  @PrimaryGeneratedColumn() id!: number;
  @Column() name!: string;
}

interface Account {
  readonly iban: string;
}

@Injectable()
class Bank {
  @Job({ description: () => 'A transfer' })
  async transfer(account: Account, amount: bigint): Promise<{ to: string; amount: bigint }> {
    currentJob().log('transferring', { iban: account.iban });
    return { to: account.iban, amount };
  }

  @Job({ transactional: true })
  async book(account: Account): Promise<string> {
    return account.iban;
  }

  @Job()
  async report(): Promise<unknown[]> {
    return currentJob().parentResults();
  }

  @Job()
  async greet(customer: Customer): Promise<string> {
    return customer.name;
  }

  @Job()
  async whose(): Promise<unknown> {
    return (currentJob().job.context as { tenant: string }).tenant;
  }

  @Job()
  @RelatedAction({ action: 'open' })
  async shown(_account: Account): Promise<void> {}

  open(job: QueueJob): { url: string } {
    return { url: `/accounts/${(job.args[0] as Account).iban}` };
  }
}

const SECRET = 'DE02120300000000202051';
const account: Account = { iban: SECRET };
const keys = { '2025': randomBytes(32), '2026': randomBytes(32) };
const encryptedBy = (...ids: (keyof typeof keys)[]): QueueJobModuleOptions => ({
  codec: { encrypt: { keys: ids.map((id) => ({ id, key: keys[id] })) } },
  context: { capture: () => ({ tenant: `tenant of ${SECRET}` }), run: (_context, work) => work() },
  entityUrl: (entity, id) => `/${entity}/${String(id)}`,
});

describe('payloads that are encrypted at rest', () => {
  let database: TestDatabase;
  let client: Client;
  const open: TestApplication[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    await client.query('CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL)');
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((test) => test.close()));
    await client.query(
      'TRUNCATE queue_job, queue_job_history, queue_job_log, queue_job_dependency, queue_job_batch, queue_job_batch_callback',
    );
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const start = async (options: QueueJobModuleOptions): Promise<TestApplication> => {
    const entities = [Customer];
    const test = await startApplication({
      url: database.url,
      providers: [Bank],
      entities,
      options,
      logger: false,
    });
    open.push(test);
    return test;
  };
  /** One that stores jobs, and one that runs them. */
  const pair = async (options: QueueJobModuleOptions): Promise<[TestApplication, TestApplication]> => [
    await start({ ...options, runner: false }),
    await start(options),
  ];
  const ended = async (test: TestApplication, job: QueueJob): Promise<QueueJob> => {
    await test.queue.finished(job, { timeout: 5_000 });
    return (await test.queue.find(job.uuid)) as QueueJob;
  };
  /** Everything in every table, as one text. */
  const everything = async (): Promise<string> => {
    const tables = [
      'queue_job',
      'queue_job_history',
      'queue_job_log',
      'queue_job_attempt',
      'queue_job_dependency',
      'queue_job_batch',
      'queue_job_batch_callback',
    ];
    const texts = await Promise.all(
      tables.map(
        async (name) => (await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)).rows,
      ),
    );
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n');
  };
  const change = async (column: string, value: string, uuid: string): Promise<void> => {
    await client.query(`UPDATE queue_job SET ${column} = ${value} WHERE uuid = $1`, [uuid]);
  };

  it('go from one process to another, and show nothing in the database', async () => {
    const [web, worker] = await pair(encryptedBy('2026'));
    const waiting = await web.queue.withDelay(Bank, { eta: '1h' }).transfer(account, 5n);
    expect(waiting.args).toEqual([account, 5n]);
    const job = await web.queue.withDelay(Bank).transfer(account, 5n);
    const booked = await web.queue.withDelay(Bank).book(account);
    await expect(web.queue.finished(job, { timeout: 5_000 })).resolves.toEqual({ to: SECRET, amount: 5n });
    await expect(web.queue.finished(booked, { timeout: 5_000 })).resolves.toBe(SECRET);
    await web.queue.postpone(waiting.uuid, { seconds: '2h', result: { half: SECRET } });

    const stored = await everything();
    expect(stored).toContain('Bank.transfer');
    expect(stored).toContain('A transfer');
    expect(stored).not.toContain(SECRET);
    expect(stored).not.toContain('iban');
    expect(stored).not.toContain('tenant');

    for (const test of [web, worker]) {
      expect(await test.queue.find(job.uuid)).toMatchObject({
        args: [account, 5n],
        result: { to: SECRET, amount: 5n },
        context: { tenant: `tenant of ${SECRET}` },
      });
      expect(await test.queue.find(waiting.uuid)).toMatchObject({ result: { half: SECRET } });
      expect((await test.queue.list({ name: 'Bank.transfer' })).map(({ args }) => args)).toEqual([
        [account, 5n],
        [account, 5n],
      ]);
      expect(await test.queue.logs(job.uuid)).toMatchObject([
        { message: 'transferring', data: { iban: SECRET } },
      ]);
    }
  });

  it('reach the children of a graph, request contexts, entities and related actions', async () => {
    const [web] = await pair(encryptedBy('2026'));
    const bank = web.queue.delayable(Bank);
    const jobs = await chain(bank.transfer(account, 7n), bank.report()).delay();
    const report = jobs.at(-1) as QueueJob;
    expect((await ended(web, report)).result).toEqual([{ to: SECRET, amount: 7n }]);
    expect((await ended(web, await web.queue.withDelay(Bank).whose())).result).toBe(`tenant of ${SECRET}`);
    const customer = await web.dataSource.manager.save(Object.assign(new Customer(), { name: 'Ada' }));
    const greeting = await ended(web, await web.queue.withDelay(Bank).greet(customer));
    expect(greeting.result).toBe('Ada');
    expect(await web.queue.relatedAction(greeting.uuid)).toMatchObject({ url: `/Customer/${customer.id}` });
    const shown = await web.queue.withDelay(Bank).shown(account);
    expect(await web.queue.relatedAction(shown.uuid)).toMatchObject({ url: `/accounts/${SECRET}` });
  });

  it('reach the callbacks of a batch, each time that they are due, and open in no other field', async () => {
    const [web] = await pair(encryptedBy('2026'));
    const bank = web.queue.delayable(Bank);
    const batch = await web.batches.create('transfers', {
      jobs: [bank.transfer(account, 1n)],
      onDone: bank.transfer(account, 2n),
    });
    await batch.finished({ timeout: 5_000 });
    const [member] = await web.queue.list({ batchUuid: batch.uuid });
    const callbacks = async (): Promise<QueueJob[]> => {
      const jobs = await web.queue.list({ name: 'Bank.transfer' });
      return Promise.all(jobs.filter(({ uuid }) => uuid !== member?.uuid).map((job) => ended(web, job)));
    };
    expect((await callbacks()).map(({ result }) => result)).toEqual([{ to: SECRET, amount: 2n }]);
    await web.queue.requeue((member as QueueJob).uuid);
    await batch.finished({ timeout: 5_000 });
    const again = await callbacks();
    expect(again.map(({ args, state }) => ({ args, state }))).toEqual([
      { args: [account, 2n], state: 'done' },
      { args: [account, 2n], state: 'done' },
    ]);
    expect(await everything()).not.toContain(SECRET);
    await client.query('UPDATE queue_job_history SET result = args WHERE uuid = $1', [again[0]?.uuid]);
    expect(await web.queue.find(again[0]?.uuid as string)).toMatchObject({
      result: { $type: 'Encrypted' },
    });
  });

  it('find their twins by identityExact, whose hash is of what they hold', async () => {
    const web = await start({ ...encryptedBy('2026'), runner: false });
    const delayed = web.queue.withDelay(Bank, { identityKey: identityExact });
    const [first, second] = [await delayed.transfer(account, 1n), await delayed.transfer(account, 1n)];
    expect(second).toMatchObject({ uuid: first.uuid, deduplicated: true, args: [account, 1n] });
  });

  it('outlive a change of keys, step by step', async () => {
    const before = await start({ ...encryptedBy('2025'), runner: false });
    const plain = await start({ runner: false });
    const jobs = [
      await plain.queue.withDelay(Bank).transfer(account, 1n),
      await before.queue.withDelay(Bank).transfer(account, 2n),
    ];
    // First every node learns to read the new key, then the new key writes.
    const between = await start({ ...encryptedBy('2025', '2026'), runner: false });
    jobs.push(await between.queue.withDelay(Bank).transfer(account, 3n));
    const after = await start(encryptedBy('2026', '2025'));
    jobs.push(await after.queue.withDelay(Bank).transfer(account, 4n));
    const results = await Promise.all(jobs.map(async (job) => (await ended(after, job)).result));
    expect(results).toEqual([1n, 2n, 3n, 4n].map((amount) => ({ to: SECRET, amount })));

    const { rows } = await client.query(
      `SELECT args -> 'value' ->> 'key' AS key FROM queue_job_history ORDER BY seq`,
    );
    expect(rows).toEqual([{ key: null }, { key: '2025' }, { key: '2025' }, { key: '2026' }]);
  });

  it('fail their job where the key is missing, and the runner goes on', async () => {
    const before = await start({ ...encryptedBy('2025'), runner: false });
    const lost = await before.queue.withDelay(Bank).transfer(account, 1n);
    const after = await start(encryptedBy('2026'));
    await expect(after.queue.finished(lost, { timeout: 5_000 })).rejects.toThrow(JobFailedError);
    expect(await after.queue.find(lost.uuid)).toMatchObject({
      state: 'failed',
      excName: 'DecryptionError',
      excMessage: expect.stringContaining(
        'args is encrypted with the key "2025", and the keys here are 2026',
      ) as unknown,
      args: [{ $type: 'Encrypted' }],
    });
    await ended(after, await after.queue.withDelay(Bank).transfer(account, 2n));

    // With the key again, a requeue runs it.
    const both = await start(encryptedBy('2026', '2025'));
    await after.close();
    open.splice(open.indexOf(after), 1);
    await both.queue.requeue(lost.uuid);
    expect((await ended(both, lost)).result).toEqual({ to: SECRET, amount: 1n });
  });

  it('fail their job where they were moved from another one, or changed', async () => {
    const web = await start({ ...encryptedBy('2026'), runner: false });
    const [rich, poor, changed] = [
      await web.queue.withDelay(Bank).transfer(account, 1_000_000n),
      await web.queue.withDelay(Bank).transfer(account, 1n),
      await web.queue.withDelay(Bank).transfer(account, 2n),
    ];
    await change('args', `(SELECT args FROM queue_job WHERE uuid = '${rich.uuid}')`, poor.uuid);
    await change('args', `replace(args::text, '"data":"', '"data":"AAAA')::json`, changed.uuid);
    const worker = await start(encryptedBy('2026'));
    for (const { uuid } of [poor, changed]) {
      await expect(worker.queue.finished(uuid, { timeout: 5_000 })).rejects.toThrow(JobFailedError);
      expect(await worker.queue.find(uuid)).toMatchObject({
        excName: 'DecryptionError',
        excMessage: expect.stringContaining(
          `args of job ${uuid} does not open with the key "2026"`,
        ) as unknown,
      });
    }
    expect((await ended(worker, rich)).result).toEqual({ to: SECRET, amount: 1_000_000n });
  });

  it('count for maxPayloadBytes as they were before', async () => {
    const web = await start({ ...encryptedBy('2026'), runner: false, maxPayloadBytes: 50 });
    await web.queue
      .withDelay(Bank)
      .transfer({ iban: 'x'.repeat(20) }, 1n)
      .catch(() => undefined);
    await expect(web.queue.enqueue('Bank.book', ['x'.repeat(46)])).resolves.toMatchObject({
      state: 'pending',
    });
    await expect(web.queue.enqueue('Bank.book', ['x'.repeat(47)])).rejects.toThrow('takes 51 bytes as JSON');
  });
});
