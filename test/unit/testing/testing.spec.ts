import { Injectable, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import {
  BatchService,
  chain,
  ChannelService,
  currentJob,
  type FailedJob,
  group,
  InvalidJobOptionError,
  InvalidModuleOptionError,
  Job,
  JobFailedError,
  NothingToDoJob,
  QueueService,
  RetryableJobError,
  UnserializableArgumentError,
} from '../../../lib/index.js';
import {
  JobNotRunError,
  NeedsDatabaseError,
  queueJobMatchers,
  queueJobTesting,
  QueueJobTestingModule,
  type QueueJobMatchers,
  type QueueJobTesting,
  type QueueJobTestingOptions,
  trapJobs,
} from '../../../lib/testing.js';

declare global {
  namespace jest {
    interface Matchers<R> extends QueueJobMatchers<R> {}
  }
}

@Entity()
class User {
  @PrimaryColumn()
  id!: number;

  @Column()
  mail!: string;
}

let sent: string[] = [];

@Injectable()
class MailService {
  constructor(private readonly queue: QueueService) {}

  @Job({ defaultChannel: 'mail', priority: 5 })
  async send(to: string, options: { copies?: number } = {}): Promise<string> {
    sent.push(to);
    return `${to} ${options.copies ?? 1}`;
  }

  @Job()
  async welcome(user: User): Promise<void> {
    await this.queue.withDelay(this).send(user.mail);
  }

  @Job({ retryPattern: { 1: 0, 2: 60 } })
  async flaky(succeedsAt: number): Promise<number> {
    const { retry } = currentJob().job;
    sent.push(`attempt ${retry}`);
    if (retry < succeedsAt) throw new RetryableJobError('later');
    return retry;
  }

  @Job()
  async broken(): Promise<void> {
    throw new TypeError('broken for good');
  }

  @Job({ onFailed: 'reported' })
  async doomed(): Promise<void> {
    return this.broken();
  }

  @Job()
  async reported({ name, error }: FailedJob): Promise<void> {
    sent.push(`${name}: ${error.message}`);
  }

  @Job()
  async nothing(): Promise<void> {
    throw new NothingToDoJob('nothing to do');
  }

  @Job()
  async total(): Promise<number> {
    return (await currentJob().parentResults()).length;
  }

  @Job({ identityKey: ({ args }) => `refresh ${String(args[0])}` })
  async refresh(_id: number): Promise<void> {}

  @Job()
  async writes(): Promise<void> {
    await currentJob().manager.query('SELECT 1');
  }
}

@Injectable({ scope: Scope.REQUEST })
class SignUp {
  constructor(
    private readonly queue: QueueService,
    private readonly mails: MailService,
  ) {}

  async register(mail: string): Promise<void> {
    const user = Object.assign(new User(), { id: 1, mail });
    await this.queue.withDelay(this.mails).welcome(user);
    await this.queue
      .withDelay(MailService, { eta: '1 h', priority: 9 })
      .send('chief@example.com', { copies: 2 });
    await this.queue.enqueue('MailService.refresh', [7]);
  }
}

const modules: TestingModule[] = [];

async function start(
  options: QueueJobTestingOptions = {},
): Promise<{ jobs: QueueJobTesting; queue: QueueService; app: TestingModule }> {
  const app = await Test.createTestingModule({
    imports: [QueueJobTestingModule.forRoot(options)],
    providers: [MailService, SignUp],
  }).compile();
  await app.init();
  modules.push(app);
  return { app, queue: app.get(QueueService), jobs: queueJobTesting(app) };
}

beforeEach(() => {
  sent = [];
});

afterEach(async () => {
  for (const app of modules.splice(0)) await app.close();
});

describe("mode 'fake'", () => {
  it('records calls and runs nothing', async () => {
    const { app, jobs } = await start();
    await (await app.resolve(SignUp)).register('ada@example.com');
    expect(sent).toEqual([]);
    expect(jobs.enqueued.map(({ name }) => name)).toEqual([
      'MailService.welcome',
      'MailService.send',
      'MailService.refresh',
    ]);
    const [job] = jobs.expectEnqueued(MailService, 'send', {
      args: ['chief@example.com', { copies: expect.any(Number) }],
      properties: { priority: 9, channel: 'root.mail', state: 'pending' },
      times: 1,
    });
    expect(job?.eta?.getTime()).toBeGreaterThan(Date.now() + 3_590_000);
    jobs.expectEnqueued(app.get(MailService), 'welcome', { times: 1 });
  });

  it('runs what was enqueued when told, and what that enqueues, but nothing before its eta', async () => {
    const { app, jobs, queue } = await start();
    await (await app.resolve(SignUp)).register('ada@example.com');
    await jobs.performEnqueued();
    expect(sent).toEqual(['ada@example.com']);
    await jobs.advanceTime('1 h');
    expect(sent).toEqual(['ada@example.com']);
    await jobs.performEnqueued();
    expect(sent).toEqual(['ada@example.com', 'chief@example.com']);
    expect(await queue.counts()).toMatchObject({ done: 4, pending: 0 });
  });

  it('runs only what was enqueued, where it is told so', async () => {
    const { app, jobs } = await start();
    await (await app.resolve(SignUp)).register('ada@example.com');
    await jobs.performEnqueued({ recursive: false });
    expect(sent).toEqual([]);
    jobs.expectEnqueued(MailService, 'send', { args: ['ada@example.com'], properties: { state: 'pending' } });
  });

  it('runs by priority and in the order of graphs', async () => {
    const { jobs, queue } = await start();
    const mails = queue.delayable(MailService);
    await chain(group(mails.send('b'), mails.send('c')), mails.total()).delay();
    await queue.withDelay(MailService, { priority: 0 }).send('a');
    await jobs.performEnqueued();
    expect(sent).toEqual(['a', 'b', 'c']);
    const [total] = jobs.expectEnqueued(MailService, 'total');
    expect(await queue.finished(total as never)).toBe(2);
  });

  it('runs all, and then throws the first error with the name of its job', async () => {
    const { jobs, queue } = await start();
    await queue.withDelay(MailService, { priority: 0 }).broken();
    await queue.withDelay(MailService).send('after');
    const performed = jobs.performEnqueued();
    await expect(performed).rejects.toThrow(JobFailedError);
    await expect(performed).rejects.toThrow('MailService.broken failed: TypeError: broken for good');
    expect(sent).toEqual(['after']);
  });

  it('deduplicates by key as the database does', async () => {
    const { jobs, queue } = await start();
    const first = await queue.withDelay(MailService).refresh(1);
    const second = await queue.withDelay(MailService).refresh(1);
    expect(second.uuid).toBe(first.uuid);
    expect(second.deduplicated).toBe(true);
    jobs.expectEnqueued(MailService, 'refresh', { times: 1 });
    await jobs.performEnqueued();
    expect((await queue.withDelay(MailService).refresh(1)).uuid).not.toBe(first.uuid);
  });

  it('replaces and debounces by key as the database does', async () => {
    const { jobs, queue } = await start();
    const call = async (text: string, more: object = {}) =>
      queue.withDelay(MailService, { identityKey: 'mail', onDuplicate: 'replace', ...more }).send(text);
    const first = await call('old', { tags: ['a'], priority: 3 });
    const second = await call('new');
    expect(second).toMatchObject({ uuid: first.uuid, replaced: true, args: ['new'], tags: [], priority: 5 });
    const later = await call('later', { onDuplicate: 'debounce', eta: '1h', maxWait: '1h' });
    expect(later.eta?.getTime()).toBe(later.dateCreated.getTime() + 3_600_000);
    await call('now');
    await jobs.performEnqueued();
    expect(sent).toEqual(['now']);
    expect((await call('next')).uuid).not.toBe(first.uuid);
  });

  it('rejects at once where somebody waits for a job', async () => {
    const { queue } = await start();
    const job = await queue.withDelay(MailService).send('a');
    await expect(queue.finished(job)).rejects.toThrow(JobNotRunError);
    await expect(queue.finished(job)).rejects.toThrow('Run it by performEnqueued()');
  });

  it('refuses what the real queue refuses', async () => {
    const { queue } = await start();
    await expect(queue.withDelay(MailService, { priority: -1 }).send('a')).rejects.toThrow(
      InvalidJobOptionError,
    );
    const call = queue.withDelay(MailService).send((() => 'a') as never);
    await expect(call).rejects.toThrow(UnserializableArgumentError);
    const unsaved = Object.assign(new User(), { mail: 'a' });
    await expect(queue.withDelay(MailService).welcome(unsaved)).rejects.toThrow('without a primary key');
  });

  it('says what needs a database', async () => {
    const { app, jobs, queue } = await start();
    expect(() => app.get(BatchService).create('a')).toThrow(NeedsDatabaseError);
    expect(() => app.get(ChannelService).list()).toThrow(
      "ChannelService.list() needs QueueJobTestingModule.forRoot({ mode: 'database' })",
    );
    await queue.withDelay(MailService).writes();
    await expect(jobs.performEnqueued()).rejects.toThrow('currentJob().manager needs');
  });

  it('needs little time for three jobs', async () => {
    const began = performance.now();
    const { app, jobs } = await start();
    await (await app.resolve(SignUp)).register('ada@example.com');
    jobs.expectEnqueued(MailService, 'welcome', { times: 1 });
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('onFailed', () => {
  it('is a job that is enqueued when its job has failed for good', async () => {
    const { jobs, queue } = await start();
    const failed = await queue.withDelay(MailService, { priority: 3 }).doomed();
    await expect(jobs.performEnqueued({ recursive: false })).rejects.toThrow('broken for good');
    const [report] = jobs.expectEnqueued(MailService, 'reported', {
      args: [expect.objectContaining({ uuid: failed.uuid, attempts: 1 })],
      properties: { failureOf: failed.uuid, priority: 3, state: 'pending' },
    });
    await jobs.drain();
    expect(sent).toEqual(['MailService.doomed: broken for good']);
    expect(report?.state).toBe('done');
  });

  it("runs at once in mode 'inline', and with noDelay", async () => {
    const { jobs, queue } = await start({ mode: 'inline' });
    await queue.withDelay(MailService).doomed();
    expect(sent).toEqual(['MailService.doomed: broken for good']);
    jobs.expectEnqueued(MailService, 'reported', { properties: { state: 'done' }, times: 1 });
    await expect(queue.withDelay(MailService, { noDelay: true }).doomed()).rejects.toThrow('broken for good');
    expect(sent.length).toBe(2);
  });

  it('is checked at start', async () => {
    await expect(start({ defaults: { onFailed: 'Nobody.told' } })).rejects.toThrow(
      "defaults.onFailed names 'Nobody.told'",
    );
  });
});

describe('a failed expectation', () => {
  it('says what was expected, what was enqueued instead, and what comes nearest', async () => {
    const { jobs, queue } = await start();
    await queue.withDelay(MailService).send('bob@example.com', { copies: 2 });
    await queue.withDelay(MailService, { identityKey: 'k' }).send('ada@example.com');
    const expectation = () =>
      jobs.expectEnqueued(MailService, 'send', { args: ['ada@example.com', { copies: 2 }], times: 1 });
    expect(expectation).toThrow(
      [
        "Expected 1 job MailService.send with the arguments [ 'ada@example.com', { copies: 2 } ], but there are none.",
        'Enqueued:',
        "  1. MailService.send('bob@example.com', { copies: 2 })  priority 5, channel root.mail",
        "  2. MailService.send('ada@example.com')  priority 5, channel root.mail, identityKey 'k'",
        "Nearest is 1: args[0] is 'bob@example.com', not 'ada@example.com'.",
      ].join('\n'),
    );
  });

  it('says that nothing was enqueued', async () => {
    const { jobs } = await start();
    expect(() => jobs.expectEnqueued(MailService, 'send')).toThrow(
      'Expected a job MailService.send, but there are none.\nNo job was enqueued.',
    );
  });

  it('is one of a matcher too', async () => {
    expect.extend(queueJobMatchers);
    const { app, jobs, queue } = await start();
    await queue.withDelay(MailService).send('ada@example.com');
    const trapped = trapJobs(app);
    expect(trapped).toHaveEnqueued(MailService, 'send', { args: ['ada@example.com'] });
    expect(jobs).not.toHaveEnqueued(MailService, 'broken');
    expect(() => expect(trapped).toHaveEnqueued(MailService, 'send', { times: 2 })).toThrow(
      'Expected 2 jobs MailService.send, but there is 1.',
    );
    expect(() => expect(trapped).not.toHaveEnqueued(MailService, 'send')).toThrow('Expected no such job');
    jobs.clear();
    expect(trapped).not.toHaveEnqueued(MailService, 'send');
  });
});

describe("mode 'inline'", () => {
  it('runs at the call, with attempts and retries, and the error is that of the job', async () => {
    const { queue } = await start({ mode: 'inline' });
    expect(await queue.withDelay(MailService).send('a')).toMatchObject({
      state: 'done',
      result: 'a 1',
      retry: 1,
    });
    const failed = await queue.withDelay(MailService).broken();
    expect(failed).toMatchObject({ state: 'failed', excName: 'TypeError' });
    await expect(queue.finished(failed)).rejects.toThrow(JobFailedError);
    expect(await queue.withDelay(MailService).nothing()).toMatchObject({
      state: 'done',
      result: 'nothing to do',
    });
    const flaky = await queue.withDelay(MailService).flaky(2);
    expect(flaky).toMatchObject({ state: 'done', result: 2, retry: 2 });
    expect((await queue.attempts(flaky.uuid)).map(({ excName }) => excName)).toEqual([
      'RetryableJobError',
      null,
    ]);
  });

  it('runs a job with an eta, and a retry, when its time has come', async () => {
    const { jobs, queue } = await start({ mode: 'inline' });
    const later = await queue.withDelay(MailService, { eta: 300 }).send('later');
    const flaky = await queue.withDelay(MailService).flaky(3);
    expect(sent).toEqual(['attempt 1', 'attempt 2']);
    await jobs.advanceTime(60_000);
    expect(flaky).toMatchObject({ state: 'done', result: 3 });
    expect(later.state).toBe('pending');
    await jobs.advanceTime('4 min');
    expect(sent).toEqual(['attempt 1', 'attempt 2', 'attempt 3', 'later']);
    expect(await jobs.waitFor(later, 'done')).toMatchObject({ result: 'later 1' });
  });

  it('runs what jobs enqueue, and whole graphs', async () => {
    const { app, queue } = await start({ mode: 'inline' });
    await (await app.resolve(SignUp)).register('ada@example.com');
    expect(sent).toEqual(['ada@example.com']);
    const mails = queue.delayable(MailService);
    const graph = await chain(group(mails.send('b'), mails.send('c')), mails.total()).delay();
    expect(graph.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(graph.at(-1)?.result).toBe(2);
    expect(sent).toEqual(['ada@example.com', 'b', 'c']);
  });

  it('may be that of a block', async () => {
    const { jobs, queue } = await start();
    await jobs.withMode('inline', async () => queue.withDelay(MailService).send('inside'));
    await queue.withDelay(MailService).send('outside');
    expect(sent).toEqual(['inside']);
  });
});

it('refuses an unknown mode', () => {
  expect(() => QueueJobTestingModule.forRoot({ mode: 'real' as never })).toThrow(InvalidModuleOptionError);
  expect(() => QueueJobTestingModule.forRoot({ mode: 'real' as never })).toThrow(
    "fake, inline, database, not 'real'",
  );
});
