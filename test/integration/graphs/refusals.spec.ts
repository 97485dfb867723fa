import {
  chain,
  type DelayableNode,
  group,
  InvalidGraphError,
  InvalidJobOptionError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { builder, Steps } from '../../support/steps.js';

describe('a graph is refused', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let build: ReturnType<typeof builder>;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { channels: 'closed:1:paused', defaults: { channel: 'closed' } };
    test = await startApplication({ url: database.url, providers: [Steps], options, logger: false });
    build = builder(test.queue);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  // Nothing was stored by any of these, or is left of what was.
  afterEach(async () => {
    const stored = Object.values(await test.queue.counts());
    // oxlint-disable-next-line jest/no-standalone-expect -- It holds for each of them.
    expect(stored.every((count) => count === 0)).toBe(true);
  });

  const refused = (work: () => unknown, message: string | RegExp): void => {
    expect(work).toThrow(InvalidGraphError);
    expect(work).toThrow(message);
  };

  it('with a cycle, which is named by the descriptions of its jobs', async () => {
    const { a, b, c, d } = build.named(['a', 'b', 'c', 'd']);
    d.onDone(a);
    a.onDone(group(b, c));
    c.onDone(a);
    for (const node of [a, b, d]) {
      await expect(node.delay()).rejects.toThrow(InvalidGraphError);
      await expect(node.delay()).rejects.toThrow('in a circle: a → c → a.');
    }
    await expect(test.queue.delayAll([build.run('x'), b])).rejects.toMatchObject({ code: 'INVALID_GRAPH' });
  });

  it('with a chain that is to run after itself', async () => {
    const { a, b } = build.named(['a', 'b']);
    const both = chain(a, b);
    refused(() => both.onDone(both), `chain(a, …) can't wait for itself.`);
    b.onDone(both);
    await expect(a.delay()).rejects.toThrow('a → b → a');
  });

  it('with a job that waits for itself, alone or in a group', () => {
    const { a, b } = build.named(['a', 'b']);
    refused(() => a.onDone(a), `a can't wait for itself.`);
    const both = group(a, b);
    refused(() => both.onDone(both), `group(a, …) can't wait for itself.`);
    refused(() => both.onDone(b), `b can't wait for itself.`);
    // Nothing of what was refused is left.
    expect([a.parents.size, b.parents.size]).toEqual([0, 0]);
  });

  it('where it has no members', () => {
    refused(() => chain(), 'chain() needs at least one member.');
    refused(() => group(...[]), 'group() needs at least one member.');
  });

  it('where a member has two places', () => {
    const { a, b, c } = build.named(['a', 'b', 'c']);
    const first = chain(a, b);
    refused(() => group(b, c), 'b is already in chain(a, …)');
    refused(() => chain(c, c), 'c is twice in this chain.');
    group(first);
    refused(() => chain(c, first), 'chain(a, …) is already in group(a, …)');
    // It was refused as a whole: c is free.
    chain(c);
  });

  it('where one of its jobs was stored before', async () => {
    const { a, b, c } = build.named(['a', 'b', 'c']);
    const jobs = await chain(a, b).delay();
    refused(() => a.onDone(c), 'a was delayed already');
    refused(() => c.onDone(b), 'b was delayed already');
    refused(() => group(a), 'a is already in chain(a, …)');
    await expect(a.delay()).rejects.toThrow(InvalidGraphError);
    await expect(test.queue.delayAll([c, b])).rejects.toThrow('a was delayed already');
    const single = build.run('d');
    const both = await Promise.allSettled([single.delay(), single.delay()]);
    expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
    refused(() => chain(single), 'd was delayed already');
    await test.dataSource.query('DELETE FROM queue_job');
    expect(jobs.length).toBe(2);
  });

  it('no longer where storing it failed', async () => {
    const { a, b } = build.named(['a', 'b']);
    const node = chain(a, b);
    await test.dataSource.query('ALTER TABLE queue_job_dependency RENAME TO away');
    await expect(node.delay()).rejects.toThrow('queue_job_dependency');
    await test.dataSource.query('ALTER TABLE away RENAME TO queue_job_dependency');
    expect((await node.delay()).length).toBe(2);
    await test.dataSource.query('DELETE FROM queue_job');
  });

  it.each<[string, unknown, string]>([
    ['a promise', Promise.resolve(), 'withDelay() stores at once'],
    ['a function', () => undefined, 'not [Function'],
    ['undefined', undefined, 'not undefined'],
  ])('with %s for a member', async (_, value, message) => {
    const node = value as DelayableNode;
    refused(() => chain(node), message);
    refused(() => group(build.run('a'), node), message);
    refused(() => build.run('a').onDone(node), message);
    await expect(test.queue.delayAll([node])).rejects.toThrow(InvalidGraphError);
  });

  it('with jobs of two queues, or of two transactions', async () => {
    const other = await startApplication({
      url: database.url,
      providers: [Steps],
      options: { runner: false },
      logger: false,
    });
    const stranger = builder(other.queue).run('b');
    await expect(chain(build.run('a'), stranger).delay()).rejects.toThrow(
      'b was built by the queue of another',
    );
    await expect(test.queue.delayAll([builder(other.queue).run('c')])).rejects.toThrow(InvalidGraphError);
    await other.close();
    await test.dataSource.transaction(async (manager) =>
      test.dataSource.transaction(async (second) => {
        const mixed = chain(build.run('a', { manager }), build.run('b', { manager: second }));
        await expect(mixed.delay()).rejects.toThrow('different managers');
      }),
    );
  });

  it('where the parts of a split make no sense', () => {
    const each = (...lists: unknown[][]) => test.queue.delayable(Steps).each('', ...(lists as [unknown[]]));
    for (const size of [0, -1, 1.5, Number.NaN, '2' as unknown as number]) {
      expect(() => each([1, 2]).split(size)).toThrow(InvalidJobOptionError);
      expect(() => each([1, 2]).split(size)).toThrow('split(size) takes a whole number of at least 1');
    }
    refused(
      () => build.run('a').split(2),
      `a can't be split: none of its arguments is an array, only [ 'a' ].`,
    );
    const linked = each([1, 2]);
    linked.onDone(build.run('b'));
    refused(() => linked.split(1), 'stands in a graph already');
    const member = each([1, 2]);
    chain(member);
    refused(() => member.split(1), 'stands in a graph already');
    const cut = each([1, 2]);
    cut.split(1);
    refused(() => cut.onDone(build.run('b')), 'was split');
    refused(() => cut.split(1), 'was split');
  });
});
