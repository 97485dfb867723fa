import { Injectable } from '@nestjs/common';
import {
  type BatchFilter,
  type BatchService,
  chain,
  InvalidBatchError,
  InvalidGraphError,
  InvalidJobOptionError,
  Job,
  type QueueService,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Worker {
  @Job()
  async work(_label: string): Promise<void> {}
}

let user: () => string = () => 'ada';

describe('a batch that can not be', () => {
  const test = useApplication({
    providers: [Worker],
    options: { runner: false, userId: () => user() },
  });
  let queue: QueueService;
  let batches: BatchService;

  beforeAll(async () => {
    ({ queue, batches } = test);
  });

  afterEach(async () => {
    await test.dataSource.query('TRUNCATE queue_job, queue_job_batch, queue_job_batch_callback');
  });

  const work = (label = 'a') => queue.delayable(Worker).work(label);
  const nothingStored = async (): Promise<void> => {
    expect(await queue.list()).toEqual([]);
    expect(await batches.list()).toEqual([]);
    expect(await test.dataSource.query('SELECT * FROM queue_job_batch_callback')).toEqual([]);
  };

  it.each<[string, unknown, string]>([
    ['empty', '', `The name of a batch is a text of 1 to 1000 characters without NUL, not ''.`],
    ['a number', 42, 'The name of a batch is a text of 1 to 1000 characters without NUL, not 42.'],
    ['with a NUL', 'a\0b', 'without NUL'],
    ['too long', 'x'.repeat(1_001), '1 to 1000 characters'],
  ])('by a name that is %s is refused, and nothing is stored', async (_, name, message) => {
    const making = batches.create(name as string, { jobs: [work()] });
    await expect(making).rejects.toThrow(InvalidBatchError);
    await expect(making).rejects.toThrow(message);
    await nothingStored();
  });

  it.each<[string, () => object, string]>([
    ['an unknown option', () => ({ ondone: work() }), `batches.create() has no property 'ondone'; it has jobs, onDone,`],
    ['jobs that are no list', () => ({ jobs: work() }), 'jobs is a list of what queue.delayable() builds, not '],
    ['a callback that is none', () => ({ onDone: 'report' }), `onDone takes a job of queue.delayable(provider).method(), or a function that builds one, not 'report'.`],
    ['a function that builds none', () => ({ onFailure: () => 7 }), 'onFailure takes a job'],
    ['a promise as callback', () => ({ onDone: Promise.resolve() }), 'onDone takes a job'],
    ['a chain as callback', () => ({ onSuccess: chain(work('a'), work('b')) }), 'onSuccess takes a job'],
    ['a member of a graph', () => {
      const [one, other] = [work('a'), work('b')];
      chain(one, other);
      return { onDone: one };
    }, 'onDone takes a single job, and Worker.work stands in a graph.'],
    ['one job as two callbacks', () => {
      const one = work();
      return { onDone: one, onSuccess: one };
    }, 'onSuccess is another callback already.'],
    ['a step of 0', () => ({ onProgress: work(), progressStep: 0 }), 'progressStep must be a whole number of percent from 1 to 100, not 0.'],
    ['a step of 2.5', () => ({ onProgress: work(), progressStep: 2.5 }), 'not 2.5.'],
    ['a step without onProgress', () => ({ progressStep: 5 }), 'progressStep is the step of onProgress, which was not given.'],
    ['noDelay that is neither', () => ({ noDelay: 'yes' }), `noDelay must be true or false, not 'yes'.`],
  ])('by %s is refused, and nothing is stored', async (_, options, message) => {
    const making = batches.create('May', options());
    await expect(making).rejects.toThrow(InvalidBatchError);
    await expect(making).rejects.toThrow(message);
    await nothingStored();
  }); // prettier-ignore

  it('by a user that is a promise is refused, and nothing is stored', async () => {
    user = () => Promise.resolve('ada') as unknown as string;
    const making = batches.create('import');
    await expect(making).rejects.toThrow(InvalidJobOptionError);
    await expect(making).rejects.toThrow('userId: what the function of the module option returns');
    user = () => 'ada';
    await nothingStored();
    expect(await (await batches.create('import')).progress()).toMatchObject({ userId: 'ada' });
  });

  it.each(['30 days', 2_147_483_648, -1, 'soon'])(
    'is waited for no %s, which no timer can count',
    async (timeout) => {
      const batch = await batches.create('import');
      await expect(batch.finished({ timeout })).rejects.toThrow(InvalidJobOptionError);
      await expect(batch.finished({ timeout })).rejects.toThrow('timeout must be milliseconds');
    },
  );

  it('by its members leaves nothing, and what was built for it can be used again', async () => {
    const [one, onDone] = [work(), work('done')];
    const making = batches.create('May', { onDone, jobs: [one, 'two' as never] });
    await expect(making).rejects.toThrow(InvalidGraphError);
    await nothingStored();
    const batch = await batches.create('May', { onDone, jobs: [one] });
    expect((await batch.progress()).total).toBe(1);
    await expect(onDone.delay()).rejects.toThrow('was delayed already');
    await expect(batches.create('June', { onDone })).rejects.toThrow(InvalidGraphError);
  });

  it('is not looked for', async () => {
    await expect(batches.find('7')).rejects.toThrow(`'7' is not the uuid of a batch.`);
    await expect(queue.list({ batchUuid: '7' })).rejects.toThrow(`'7'`);
    const wrong: [object, string][] = [
      [{ state: 'asleep' }, `state must be among open, closed, ended, not 'asleep'.`],
      [{ limit: 0 }, 'limit must be a whole number from 1 to 1000, not 0.'],
      [{ before: 'x' }, `'x' is not the uuid of a batch.`],
      [
        { nonsense: 1 },
        `A filter of batches has no property 'nonsense'; it has state, name, userId, before, limit.`,
      ],
    ];
    for (const [filter, message] of wrong)
      await expect(batches.list(filter as BatchFilter)).rejects.toThrow(message);
  });

  it('lists those that are by state and name, page by page, the newest first', async () => {
    for (const name of ['one', 'two', 'two']) await batches.create(name);
    await batches.create('ended', { jobs: [] });
    const names = async (filter: BatchFilter): Promise<string[]> =>
      (await batches.list(filter)).map(({ name }) => name);
    expect(await names({})).toEqual(['ended', 'two', 'two', 'one']);
    expect(await names({ name: 'two' })).toEqual(['two', 'two']);
    expect(await names({ state: 'ended' })).toEqual(['ended']);
    expect(await names({ state: ['open', 'closed'], limit: 2 })).toEqual(['two', 'two']);
    const [, second] = await batches.list({ limit: 2 });
    expect(await names({ before: second?.uuid as string })).toEqual(['two', 'one']);
  });
});
