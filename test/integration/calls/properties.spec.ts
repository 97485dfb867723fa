import { Injectable } from '@nestjs/common';
import { type DelayOptions, InvalidJobOptionError, Job, type QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Worker {
  readonly ran: string[] = [];
  startedAt = 0;

  @Job()
  async run(label: string): Promise<void> {
    this.startedAt = Date.now();
    this.ran.push(label);
  }

  @Job({
    priority: 3,
    maxRetries: 7,
    description: 'As decorated',
    defaultChannel: 'own',
    retryOn: 'retryable',
  })
  async decorated(): Promise<void> {
    throw new Error('no');
  }

  @Job({ description: (label: string) => `Run ${label}` })
  async described(_label: string): Promise<void> {}

  @Job({ description: () => '' })
  async blank(): Promise<void> {}

  @Job({
    description: () => {
      throw new Error('no words');
    },
  })
  async speechless(): Promise<void> {}

  @Job()
  async fail(): Promise<void> {
    throw new Error('no');
  }
}

describe('the properties of a job', () => {
  const test = useApplication({
    providers: [Worker],
    options: {
      runner: { concurrency: 1 },
      channels: 'closed:1:paused',
      defaults: { priority: 20, maxRetries: 9, channel: 'erp', retryPattern: { 1: 42 }, retryOn: 'any' },
      userId: () => user,
    },
    logger: false,
  });
  let worker: Worker;
  let user: string | number | null | undefined;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const run = async (options: DelayOptions, label = ''): Promise<QueueJob> =>
    test.queue.withDelay(worker, options).run(label);

  it('let the smallest priority run first, and the oldest of equal ones', async () => {
    await test.runner.stop();
    const priorities = [10, 0, 5, 2_147_483_647, 5, 0, 1];
    const jobs = await Promise.all(
      priorities.map((priority, at) => run({ priority }, `${String(priority).padStart(10, '0')}/${at}`)),
    );
    worker.ran.length = 0;
    await test.runner.start();
    await Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 5_000 })));
    expect(worker.ran.length).toBe(7);
    expect(worker.ran).toEqual([...worker.ran].sort());
  });

  it.each<[string, () => number | Date | string]>([
    ['a number of seconds', () => 0.4],
    ['a Date', () => new Date(Date.now() + 400)],
    ['a duration', () => '400ms'],
  ])('let a job start no earlier than its eta, %s, and 250 ms later at most', async (_, eta) => {
    const late: number[] = [];
    // Others may be busy on this machine: it has to be in time once.
    while (late.length < 3 && !late.some((ms) => ms < 250)) {
      const before = Date.now();
      const job = await run({ eta: eta() });
      const due = (job.eta as Date).getTime();
      expect(job.state).toBe('pending');
      expect(due - before).toBeGreaterThanOrEqual(390);
      await test.queue.finished(job, { timeout: 5_000 });
      expect(worker.startedAt).toBeGreaterThanOrEqual(due);
      late.push(worker.startedAt - due);
    }
    expect(Math.min(...late)).toBeLessThan(250);
  });

  it('let a job run at once whose eta has passed', async () => {
    await test.queue.finished(await run({ eta: new Date(0) }), { timeout: 1_000 });
    await test.queue.finished(await run({ eta: 0 }), { timeout: 1_000 });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a negative priority', { priority: -1 }, 'priority must be a whole number from 0 to 2147483647'],
    ['a broken priority', { priority: 1.5 }, 'not 1.5'],
    ['a priority in words', { priority: '5' }, `not '5'`],
    ['a negative eta', { eta: -1 }, 'eta must be'],
    ['an eta without unit', { eta: '5' }, `not '5'`],
    ['an invalid Date', { eta: new Date(NaN) }, 'eta must be'],
    ['an eta in nonsense', { eta: 'soon' }, `not 'soon'`],
    ['negative tries', { maxRetries: -1 }, 'maxRetries must be a whole number'],
    ['endless tries', { maxRetries: Infinity }, 'maxRetries must be a whole number'],
    ['a blank description', { description: ' ' }, 'description must be'],
    ['a long description', { description: 'x'.repeat(1_001) }, 'description must be'],
    ['an empty channel', { channel: '' }, 'channel must be'],
    [
      'a channel with an empty part',
      { channel: 'root..erp' },
      "channel: 'root..erp' is not the name of a channel",
    ],
    ['an empty identity key', { identityKey: '' }, 'identityKey must be'],
    ['an identity key that is a number', { identityKey: () => 5 }, 'not 5'],
    ['an unknown scope', { identityScope: 'always' }, `identityScope must be 'waiting' or 'until_done'`],
    ['noDelay in words', { noDelay: 'false' }, 'noDelay must be true or false'],
    ['the spelling of the seed', { max_retries: 3 }, 'Did you mean maxRetries?'],
  ])('refuse %s, and nothing is stored', async (_, options, message) => {
    const before = await test.queue.counts();
    const refused = run(options);
    await expect(refused).rejects.toThrow(InvalidJobOptionError);
    await expect(refused).rejects.toThrow(message);
    await expect(test.queue.enqueue('Worker.run', [''], options as DelayOptions)).rejects.toThrow(message);
    expect(() => test.queue.delayable(worker, options as DelayOptions).run('')).toThrow(message);
    expect(await test.queue.counts()).toEqual(before);
  });

  it('are those of the module where neither the call nor @Job() says otherwise', async () => {
    const job = await run({});
    expect(job).toMatchObject({
      priority: 20,
      maxRetries: 9,
      channel: 'root.erp',
      description: 'Worker.run',
    });
    await test.queue.finished(job);
    expect(await test.queue.find(job.uuid)).toMatchObject({ channel: 'root.erp', priority: 20 });
  });

  it('are those of @Job() before those of the module', async () => {
    const job = await test.queue.withDelay(worker).decorated();
    expect(job).toMatchObject({
      priority: 3,
      maxRetries: 7,
      channel: 'root.own',
      description: 'As decorated',
    });
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow('no');
  });

  it('are those of the call before all others', async () => {
    const options = { priority: 1, maxRetries: 0, channel: 'root.call', description: 'As called', eta: '1h' };
    const job = await test.queue.withDelay(worker, options).decorated();
    const { eta: _, ...rest } = options;
    expect(job).toMatchObject(rest);
    expect(await test.queue.find(job.uuid)).toMatchObject(rest);
  });

  it('take up the retries that the module says', async () => {
    const job = await test.queue.withDelay(worker).fail();
    const retried = await eventually(async () => {
      const found = (await test.queue.find(job.uuid)) as QueueJob;
      expect(found).toMatchObject({ state: 'pending', retry: 1, excName: 'Error' });
      return found;
    });
    expect(((retried.eta as Date).getTime() - Date.now()) / 1000).toBeGreaterThan(35);
    expect(((retried.eta as Date).getTime() - Date.now()) / 1000).toBeLessThan(42.1);
  });

  it('have a description that a function makes of the arguments', async () => {
    const job = await test.queue.withDelay(worker, { channel: 'closed' }).described('night train');
    expect((await test.queue.find(job.uuid))?.description).toBe('Run night train');
  });

  it.each(['blank', 'speechless'] as const)('refuse a %s function for the description', async (method) => {
    const before = await test.queue.counts();
    await expect(test.queue.withDelay(worker)[method]()).rejects.toThrow(InvalidJobOptionError);
    expect(await test.queue.counts()).toEqual(before);
  });

  it.each([
    ['ada', 'ada'],
    [42, '42'],
    [0, '0'],
    [undefined, null],
    [null, null],
  ])('tell the user %j, on whose behalf the job is stored', async (given, stored) => {
    user = given;
    const job = await run({ channel: 'closed' });
    user = 'somebody else';
    expect(job.userId).toBe(stored);
    expect((await test.queue.find(job.uuid))?.userId).toBe(stored);
  });
});
