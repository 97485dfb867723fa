import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type LoggerService } from '@nestjs/common';
import fc from 'fast-check';
import type { Client } from 'pg';
import { Job, JobCancelledError, type QueueJobModuleOptions } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { oddThrown } from '../../support/odd-values.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

const tenant = new AsyncLocalStorage<unknown>();
const endings: (() => unknown)[] = [];

@Injectable()
class Odd {
  work: () => Promise<unknown> = () => Promise.resolve();

  @Job({ retryOn: 'any', maxRetries: 1 })
  async throwing(at: number): Promise<never> {
    throw endings[at]?.();
  }

  @Job()
  returning(at: number): Promise<unknown> {
    return endings[at]?.() as Promise<unknown>;
  }

  @Job()
  async run(): Promise<unknown> {
    return this.work();
  }

  @Job()
  async fine(): Promise<string> {
    return Promise.resolve('fine');
  }
}

const refuse = (): never => {
  throw new Error('The disk of the logs is full');
};

/** A logger of the application that throws when the queue writes to it. */
const write = (...line: unknown[]): void => {
  if (line.at(-1) === 'QueueJob') refuse();
};
const refusing: LoggerService = { log: write, error: write, warn: write, debug: write, fatal: write };

const thenable = (then: PropertyDescriptor): object =>
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  Object.defineProperty({}, 'then', then);

describe('a method that ends oddly', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  let odd: Odd;

  const start = async (options: QueueJobModuleOptions = {}, logger: LoggerService | false = false) => {
    test = await startApplication({ url: database.url, providers: [Odd], options, logger });
    odd = test.get(Odd);
  };

  beforeEach(async () => {
    endings.length = 0;
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    await test.close();
    await client.end();
    await database.drop();
  });

  const notEnded = async (): Promise<number> =>
    // A RetryableJobError that gives its attempt back waits for its next one.
    countOf(client, `SELECT count(*) FROM queue_job WHERE state <> 'failed' AND eta IS NULL`);

  it('by throwing anything ends its job, takes no slot with it, and leaves the node at work', async () => {
    await start({ runner: { concurrency: 2 } });
    endings.push(...fc.sample(oddThrown, 300));
    await test.queue.delayAll(endings.map((_, at) => test.queue.delayable(Odd).throwing(at)));
    await eventually(async () => expect(await notEnded()).toBe(0));
    expect(
      await countOf(client, `SELECT count(*) FROM queue_job WHERE exc_name IS NOT NULL`),
    ).toBeGreaterThan(150);
    expect(await test.queue.finished(await test.queue.withDelay(odd).fine())).toBe('fine');
  });

  it('by returning anything but a value ends its job as well', async () => {
    await start({ runner: { concurrency: 2 } });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    endings.push(
      () => proxy,
      () => new Proxy({}, { has: () => true }),
      () => Symbol('odd'),
      () => () => 'a function',
      () => Object.create(null) as object,
      () =>
        thenable({ value: (_: unknown, reject: (error: unknown) => void) => reject(Object.create(null)) }),
      () => thenable({ get: refuse }),
      () =>
        thenable({
          value: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
            resolve(1);
            reject(new Error('twice'));
            throw new Error('and once more');
          },
        }),
      () => ({ toJSON: refuse }),
      () => Promise.reject(Object.create(null) as Error),
    );
    await test.queue.delayAll(endings.map((_, at) => test.queue.delayable(Odd).returning(at)));
    await eventually(async () => expect(await notEnded()).toBe(0));
    expect(await test.queue.finished(await test.queue.withDelay(odd).fine())).toBe('fine');
  });

  it('is written though the logger of the application throws', async () => {
    await start({}, refusing);
    endings.push(() => new Error('no paper'));
    const job = await test.queue.withDelay(odd).throwing(0);
    await eventually(async () => expect((await test.queue.find(job.uuid))?.state).toBe('failed'));
    expect(await test.queue.finished(await test.queue.withDelay(odd).fine())).toBe('fine');
  });

  it('by throwing JobCancelledError cancels its job, with the error in its attempts', async () => {
    await start();
    odd.work = () => Promise.reject(new JobCancelledError('The order was withdrawn'));
    const job = await test.queue.withDelay(odd).run();
    await expect(test.queue.finished(job)).rejects.toThrow(JobCancelledError);
    expect(await test.queue.find(job.uuid)).toMatchObject({
      state: 'cancelled',
      result: 'Cancelled by its own method',
    });
    expect(await test.queue.attempts(job.uuid)).toMatchObject([{ excMessage: 'The order was withdrawn' }]);
  });

  it('after context.run has returned without it is waited for, and its error is the job’s', async () => {
    await start({
      context: {
        capture: () => 'acme',
        run: ((context: unknown, work: () => Promise<unknown>) => {
          void tenant.run(context, work);
        }) as never,
      },
    });
    const gate = new Gate();
    odd.work = async () => {
      await gate.opened;
      throw new Error(`${String(tenant.getStore())} is out of paper`);
    };
    const job = await test.queue.withDelay(odd).run();
    await eventually(async () => expect((await test.queue.find(job.uuid))?.state).toBe('started'));
    gate.open();
    await expect(test.queue.finished(job)).rejects.toThrow('acme is out of paper');
  });
});
