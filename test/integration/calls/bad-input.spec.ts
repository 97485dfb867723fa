import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import {
  currentJob,
  InvalidJobOptionError,
  Job,
  JobFunctionService,
  type QueueJob,
  QueueHealthService,
  ScheduleService,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { badArguments } from '../../support/bad-input/arguments.js';
import type { BadInput } from '../../support/bad-input/bad-input.js';
import { calls, properties, users } from '../../support/bad-input/calls.js';
import { channelCalls, functionCalls } from '../../support/bad-input/channels.js';
import { decorators } from '../../support/bad-input/decorators.js';
import { fingerprint } from '../../support/bad-input/fingerprint.js';
import { graphs } from '../../support/bad-input/graphs.js';
import { healthCalls } from '../../support/bad-input/health.js';
import { insideJobs, runnerCalls } from '../../support/bad-input/inside-jobs.js';
import { Target } from '../../support/bad-input/jobs.js';
import { channelOptions, moduleOptions } from '../../support/bad-input/module-options.js';
import { filters, steering, updates, uuids } from '../../support/bad-input/job-actions.js';
import { cronJobs, scheduleCalls } from '../../support/bad-input/schedules.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

/** Gives it, and holds the refusal against the row of the table. */
async function expectRefusal<Given>(input: BadInput<Given>, given: Given): Promise<void> {
  const refusal: unknown = await Promise.resolve()
    .then(() => input.give(given))
    .then(
      () => 'it was taken',
      (error: unknown) => error,
    );
  expect(refusal).toBeInstanceOf(Error);
  const { constructor, code, message } = refusal as Error & { code: unknown };
  expect({ error: constructor.name, code, message }).toMatchObject({
    error: input.error.name,
    code: input.code,
  });
  for (const part of input.says) expect(message).toContain(part);
  expect(message.length).toBeLessThan(5_000);
}

const titled = <Given>(inputs: readonly BadInput<Given>[]): [string, BadInput<Given>][] =>
  inputs.map((input, at) => [`${at + 1}: ${input.what}`, input]);

describe('bad input', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let client: Client;
  let job: QueueJob;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Target],
      options: { runner: false },
      logger: false,
    });
    client = await connect(database.url);
    job = await test.queue.withDelay(Target, { eta: '1h' }).run('untouched');
  });

  afterAll(async () => {
    await client.end();
    await test.close();
    await database.drop();
  });

  const refuses = async <Given>(input: BadInput<Given>, given: Given): Promise<void> => {
    const before = await fingerprint(client);
    await expectRefusal(input, given);
    expect(await fingerprint(client)).toBe(before);
  };
  const settings = () => ({ channels: test.channels, jobFunctions: test.get(JobFunctionService) });

  describe('in the properties of a call is refused, and nothing is stored', () => {
    it.each(titled(properties))('%s', async (_, input) => refuses(input, test));
  });
  describe('in the call itself is refused, and nothing is stored', () => {
    it.each(titled(calls))('%s', async (_, input) => refuses(input, test));
  });
  describe('in arguments is refused, and nothing is stored', () => {
    it.each(titled(badArguments))('%s', async (_, input) => refuses(input, test));
  });
  describe('in graphs is refused, and nothing is stored', () => {
    it.each(titled(graphs))('%s', async (_, input) => refuses(input, test));
  });
  describe('in place of a uuid is refused, and nothing is changed', () => {
    it.each(titled(uuids))('%s', async (_, input) => refuses(input, { queue: test.queue, job }));
  });
  describe('in what is done by hand is refused, and nothing is changed', () => {
    it.each(titled(steering))('%s', async (_, input) => refuses(input, { queue: test.queue, job }));
  });
  describe('in changes of a job is refused', () => {
    it.each(titled(updates))('%s', async (_, input) => refuses(input, { queue: test.queue, job }));
  });

  describe('in filters is refused', () => {
    it.each(titled(filters))('%s', async (_, input) => refuses(input, { queue: test.queue, job }));
  });
  describe('in the calls of the channel service is refused, and nothing is changed', () => {
    it.each(titled(channelCalls))('%s', async (_, input) => refuses(input, settings()));
  });
  describe('in the calls of the job function service is refused, and nothing is changed', () => {
    it.each(titled(functionCalls))('%s', async (_, input) => refuses(input, settings()));
  });
  describe('in the calls of the runner is refused', () => {
    it.each(titled(runnerCalls))('%s', async (_, input) => refuses(input, test.runner));
  });
  describe('in health checks is refused', () => {
    it.each(titled(healthCalls))('%s', async (_, input) => refuses(input, test.get(QueueHealthService)));
  });
  describe('in decorators is refused when the class is loaded', () => {
    it.each(titled(decorators))('%s', async (_, input) => refuses(input, undefined));
    it.each(titled(cronJobs))('%s', async (_, input) => refuses(input, undefined));
  });
  describe('in the calls of the schedule service is refused, and nothing is changed', () => {
    beforeAll(async () =>
      test
        .get(ScheduleService)
        .upsert('there', { cron: '@yearly', call: test.queue.delayable(Target).run() }),
    );
    it.each(titled(scheduleCalls))('%s', async (_, input) =>
      refuses(input, { queue: test.queue, schedules: test.get(ScheduleService) }),
    );
  });

  it('leaves the job that waited all the while as it was', async () => {
    expect(await test.queue.find(job.uuid)).toMatchObject({
      state: 'pending',
      args: ['untouched'],
      retry: 0,
    });
    expect(await test.queue.counts()).toMatchObject({ pending: 1, cancelled: 0, done: 0 });
  });
});

@Injectable()
class Inside {
  @Job()
  async call(at: number): Promise<void> {
    await insideJobs[at]?.give(currentJob());
  }
}

describe('bad input inside of a job', () => {
  let database: TestDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Inside], logger: false });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it.each(insideJobs.map(({ what }, at) => [`${at + 1}: ${what}`, at] as const))(
    'fails it: %s',
    async (_, at) => {
      const input = insideJobs[at] as (typeof insideJobs)[number];
      const job = await test.queue.withDelay(Inside).call(at);
      await expect(test.queue.finished(job, { timeout: 10_000 })).rejects.toMatchObject({
        code: 'JOB_FAILED',
      });
      const failed = (await test.queue.find(job.uuid)) as QueueJob;
      expect(failed.excName).toBe(input.error.name);
      for (const part of input.says) expect(failed.excMessage).toContain(part);
      expect(await test.queue.logs(job.uuid)).toEqual([]);
    },
  );
});

describe('what the application answers for the user', () => {
  it.each(users)('is refused where it is %s', async (_, answer, says) => {
    const database = await createTestDatabase();
    const options = { runner: false, userId: () => answer as string } as const;
    const test = await startApplication({ url: database.url, providers: [Target], options, logger: false });
    const call = test.queue.withDelay(Target).run();
    await expect(call).rejects.toThrow(InvalidJobOptionError);
    await expect(call).rejects.toThrow(says);
    expect(await test.queue.list()).toEqual([]);
    await test.close();
    await database.drop();
  });
});

describe('bad options of the module', () => {
  let database: TestDatabase;
  let client: Client;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    client = await connect(database.url);
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });

  afterAll(async () => {
    await client.end();
    await dataSource.destroy();
    await database.drop();
  });

  const start = async (module: DynamicModule): Promise<void> => {
    const typeorm = TypeOrmModule.forRootAsync({
      useFactory: () => ({ type: 'postgres' as const }),
      dataSourceFactory: async () => dataSource,
    });
    @Module({ imports: [typeorm, module], providers: [Target] })
    class BadModule {}
    await NestFactory.createApplicationContext(BadModule, { logger: false, abortOnError: false });
  };

  it.each(titled([...moduleOptions, ...channelOptions]))('stop the start: %s', async (_, input) => {
    await expectRefusal(input, start);
    expect(await fingerprint(client)).toBe('no tables');
  });
});
