import { chain, type DelayOptions, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { builder, Steps } from '../../support/steps.js';

describe('a call that is split', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let steps: Steps;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { channels: 'closed:1:paused' };
    test = await startApplication({ url: database.url, providers: [Steps], options, logger: false });
    steps = test.get(Steps);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => {
    steps.ran = [];
  });

  const each = (list: readonly unknown[], options: DelayOptions = {}, ...rest: unknown[][]) =>
    test.queue.delayable(Steps, options).each('-', list, ...(rest as [unknown[]]));
  const results = async (jobs: readonly QueueJob[]): Promise<unknown[]> =>
    Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 5_000 })));

  it('is a group of jobs, each with its part of the first array, described by it', async () => {
    const jobs = await each([1, 2, 3, 4, 5, 6, 7], {}, [8, 9]).split(2).delay();
    expect(jobs.map(({ description }) => description)).toEqual([
      'All of them (split 1/4)',
      'All of them (split 2/4)',
      'All of them (split 3/4)',
      'All of them (split 4/4)',
    ]);
    expect(jobs.map(({ args }) => args)).toEqual([
      ['-', [1, 2], [8, 9]],
      ['-', [3, 4], [8, 9]],
      ['-', [5, 6], [8, 9]],
      ['-', [7], [8, 9]],
    ]);
    expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['pending']));
    expect(new Set(jobs.map(({ graphUuid }) => graphUuid)).size).toBe(1);
    expect(jobs[0]?.graphUuid).not.toBeNull();
    expect(await results(jobs)).toEqual(['12', '34', '56', '7']);
  });

  it('is a chain where that is asked for', async () => {
    const jobs = await each([1, 2, 3, 4, 5]).split(2, { chain: true }).delay();
    expect(jobs.map(({ state }) => state)).toEqual(['pending', 'wait_dependencies', 'wait_dependencies']);
    await results(jobs);
    expect(steps.ran).toEqual(['-12', '-34', '-5']);
  });

  it('is one job as it is where the array is no longer than a part', async () => {
    for (const list of [[], [1], [1, 2, 3]] as unknown[][]) {
      const jobs = await each(list, { identityKey: `key-${list.length}` })
        .split(3)
        .delay();
      expect(jobs).toMatchObject([
        { description: 'All of them', args: ['-', list], identityKey: `key-${list.length}`, graphUuid: null },
      ]);
    }
  });

  it('has an identity key for each part: a text with the same ending, a function asked for each', async () => {
    const closed = { channel: 'closed' };
    const byText = await each([1, 2, 3], { ...closed, identityKey: 'all' })
      .split(2)
      .delay();
    expect(byText.map(({ identityKey }) => identityKey)).toEqual(['all (split 1/2)', 'all (split 2/2)']);
    const again = await each([1, 2, 3], { ...closed, identityKey: 'all' })
      .split(2)
      .delay();
    expect(again.map(({ uuid, deduplicated }) => [uuid, deduplicated])).toEqual(
      byText.map(({ uuid }) => [uuid, true]),
    );
    const identityKey: DelayOptions['identityKey'] = ({ args }) => `of ${String(args[1])}`;
    const byFunction = await each([1, 2, 3], { ...closed, identityKey })
      .split(2)
      .delay();
    expect(byFunction.map((job) => job.identityKey)).toEqual(['of 1,2', 'of 3']);
  });

  it('keeps the other properties, and stands in a graph', async () => {
    const build = builder(test.queue);
    const parts = each([1, 2], { priority: 4, maxRetries: 2, description: 'Mine' }).split(1);
    const jobs = await chain(build.run('a'), parts, build.collect('z')).delay();
    expect(jobs[1]).toMatchObject({ priority: 4, maxRetries: 2, description: 'Mine (split 1/2)' });
    expect((await results(jobs)).at(-1)).toEqual(['z', '1', '2']);
  });
});
