import { chain, group, type QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { Gate } from '../../support/gate.js';
import { builder, Steps } from '../../support/steps.js';

describe('a graph of jobs', () => {
  const test = useApplication({
    providers: [Steps],
    // Nothing is found by polling here: what runs was told of.
    options: { channels: 'closed:1:paused', runner: { pollInterval: '1h', concurrency: 8 } },
    logger: false,
  });
  let steps: Steps;
  let build: ReturnType<typeof builder>;

  beforeAll(async () => {
    steps = test.get(Steps);
    build = builder(test.queue);
  });

  beforeEach(() => {
    steps.ran = [];
    steps.works.clear();
  });

  const ended = async (jobs: readonly QueueJob[]): Promise<unknown[]> =>
    Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: '50 s' })));
  const labels = (jobs: readonly QueueJob[]): string => jobs.map(({ description }) => description).join('');

  it('runs a chain in order, however it is nested', async () => {
    const { a, b, c, d } = build.named(['a', 'b', 'c', 'd']);
    const jobs = await chain(chain(a, chain(b, c)), d).delay();
    expect(labels(jobs)).toBe('abcd');
    expect(jobs.map(({ state }) => state)).toEqual([
      'pending',
      'wait_dependencies',
      'wait_dependencies',
      'wait_dependencies',
    ]);
    await ended(jobs);
    expect(steps.ran).toEqual(['a', 'b', 'c', 'd']);
  });

  it('runs the members of a group beside each other, and what follows after all of them', async () => {
    const both = new Gate();
    let begun = 0;
    for (const label of ['b', 'c'])
      steps.works.set(label, () => ((begun += 1) === 2 ? both.open() : both.opened));
    const jobs = await chain(build.run('a'), group(build.run('b'), build.run('c')))
      .onDone(build.run('d'), build.run('e'))
      .delay();
    await ended(jobs);
    expect([steps.ran[0], steps.ran.slice(1, 3).toSorted(), steps.ran.slice(3).toSorted()]).toEqual([
      'a',
      ['b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('binds every member of a group, and the last one of a chain', async () => {
    const jobs = await group(chain(build.run('a'), build.run('b')), build.run('c'))
      .onDone(chain(build.run('x'), build.run('y')), build.run('z'))
      .delay();
    const name = new Map(jobs.map(({ uuid, description }) => [uuid, description]));
    const { dependencies } = await test.queue.graph(jobs[0]?.graphUuid as string);
    const edges = dependencies.map(({ parent, child }) => `${name.get(parent)}${name.get(child)}`).toSorted();
    expect(edges).toEqual(['ab', 'bx', 'bz', 'cx', 'cz', 'xy']);
    await ended(jobs);
  });

  it('is stored whole by delay() on any member, which resolves to that one', async () => {
    const { a, b, c } = build.named(['a', 'b', 'c'], { channel: 'closed' });
    a.onDone(b, c);
    const job = await c.delay();
    expect(job).toMatchObject({ uuid: c.uuid, description: 'c', state: 'wait_dependencies' });
    const { jobs } = await test.queue.graph(job.graphUuid as string);
    expect(labels(jobs)).toBe('abc');
    expect(jobs.map(({ hasChildren }) => hasChildren)).toEqual([true, false, false]);
    expect((await test.queue.list({ graphUuid: job.graphUuid as string })).length).toBe(3);
  });

  it('goes in in one transaction, with one graphUuid; a single job has none', async () => {
    const jobs = await chain(build.run('a'), build.run('b'), build.run('c')).delay();
    expect(new Set(jobs.map(({ graphUuid }) => graphUuid)).size).toBe(1);
    expect(jobs[0]?.graphUuid).toMatch(/^[\da-f-]{36}$/);
    const [single] = await chain(build.run('d')).delay();
    expect(single).toMatchObject({ graphUuid: null, hasChildren: false, state: 'pending' });
    await ended([...jobs, single as QueueJob]);
    const held = await chain(...['a', 'b', 'c'].map((l) => build.run(l, { channel: 'closed' }))).delay();
    const [{ transactions }] = (await test.dataSource.query(
      `SELECT count(DISTINCT x)::int AS transactions FROM (
         SELECT xmin::text AS x FROM queue_job WHERE uuid = ANY($1)
         UNION ALL SELECT xmin::text FROM queue_job_dependency WHERE child = ANY($1)) r`,
      [held.map(({ uuid }) => uuid)],
    )) as [{ transactions: number }];
    expect(transactions).toBe(1);
  });

  it('is stored in the transaction of the caller, and rolled back with it', async () => {
    const before = await test.queue.counts();
    const rollback = new Error('rollback');
    const work = test.dataSource.transaction(async (manager) => {
      await chain(build.run('a'), build.run('b')).delay({ manager });
      throw rollback;
    });
    await expect(work).rejects.toBe(rollback);
    expect(await test.queue.counts()).toEqual(before);
    const jobs = await test.dataSource.transaction(async (manager) =>
      chain(build.run('a', { manager }), build.run('b')).delay(),
    );
    await ended(jobs);
    expect(steps.ran).toEqual(['a', 'b']);
  });

  it('is stored in the transaction of a transactional job', async () => {
    steps.works.set('outer', async () => (await chain(build.run('a'), build.run('b')).delay())[1]?.uuid);
    const uuid = (await test.queue.finished(await build.whole('outer').delay())) as string;
    await test.queue.finished(uuid, { timeout: 5_000 });
    expect(steps.ran).toEqual(['outer', 'a', 'b']);
  });

  it('keeps the properties of each member', async () => {
    const [a, b, c] = (await chain(
      build.run('a', { priority: 3, channel: 'closed' }),
      build.run('b', { eta: '1h', maxRetries: 2 }),
      build.run('c', { identityKey: 'of c' }),
    ).delay()) as [QueueJob, QueueJob, QueueJob];
    expect(a).toMatchObject({ priority: 3, channel: 'root.closed' });
    expect(b).toMatchObject({ maxRetries: 2, priority: 10 });
    expect(c).toMatchObject({ identityKey: 'of c', deduplicated: false });
    await test.queue.setDone(a.uuid);
    expect(await test.queue.find(b.uuid)).toMatchObject({ state: 'pending', eta: b.eta });
    expect((await test.queue.find(c.uuid))?.state).toBe('wait_dependencies');
  });

  it.each([
    ['a job', 'run'],
    ['a transactional job', 'whole'],
  ] as const)('lets what %s released start at its eta', async (_, method) => {
    const gate = new Gate();
    steps.works.set('a', () => gate.opened);
    const next = build.run('b', { eta: 0.8 });
    const first = await build[method]('a').onDone(next).delay();
    gate.open();
    await test.queue.finished(first);
    const done = await test.queue
      .finished(next.uuid, { timeout: 5_000 })
      .then(() => test.queue.find(next.uuid));
    const late = (done?.dateStarted?.getTime() as number) - (done?.eta?.getTime() as number);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(250);
  });

  it('releases what waits for a transactional job as soon as that one commits', async () => {
    const jobs = await chain(build.whole('a'), build.whole('b'), build.run('c')).delay();
    await ended(jobs);
    expect(steps.ran).toEqual(['a', 'b', 'c']);
  });

  it('gives a job the results of its parents, in the order of their creation', async () => {
    const jobs = await chain(
      group(build.collect('a'), chain(build.run('x'), build.collect('b')), build.collect('c')),
      build.collect('d'),
    ).delay();
    expect((await ended(jobs)).at(-1)).toEqual(['d', ['a'], ['b', 'x'], ['c']]);
  });

  it('fails a parent whose result can not be handed on, and its children wait', async () => {
    for (const [label, result] of Object.entries({ a: { run: () => 1 }, b: 'x'.repeat(2 ** 20) }))
      steps.works.set(label, () => result);
    for (const [first, reason] of [
      [build.run('a'), /result\.run is a function/],
      [build.whole('a'), /result\.run is a function/],
      [build.run('b'), /maxPayloadBytes/],
    ] as const) {
      const last = build.run('z');
      const parent = await first.onDone(last).delay();
      await expect(test.queue.finished(parent)).rejects.toThrow(
        `result of Steps.${parent.methodName} can't be handed to the jobs that depend on it`,
      );
      await expect(test.queue.finished(parent)).rejects.toThrow(reason);
      expect((await test.queue.find(last.uuid))?.state).toBe('wait_dependencies');
    }
    // Nobody depends on this one.
    await expect(test.queue.finished(await build.run('a').delay())).resolves.toBeNull();
  });

  it('is one of several that delayAll stores with single jobs, answered in their order', async () => {
    const { a, b, c, d } = build.named(['a', 'b', 'c', 'd']);
    const linked = chain(a, b);
    c.onDone(d);
    const single = build.run('e');
    const jobs = await test.queue.delayAll([single, linked, d]);
    expect(labels(jobs)).toBe('eabd');
    expect(jobs[0]?.graphUuid).toBeNull();
    expect(jobs[1]?.graphUuid).toBe(jobs[2]?.graphUuid);
    expect(jobs[1]?.graphUuid).not.toBe(jobs[3]?.graphUuid);
    await ended(jobs);
    expect(steps.ran.indexOf('c')).toBeLessThan(steps.ran.indexOf('d'));
  });

  it('tells who is waited for, and how it hangs together', async () => {
    const [a, b, c] = (await chain(
      group(build.run('a', { channel: 'closed' }), build.run('b')),
      build.run('c'),
    ).delay()) as [QueueJob, QueueJob, QueueJob];
    await test.queue.finished(b);
    expect(labels(await test.queue.waitingFor(c.uuid))).toBe('a');
    expect(await test.queue.waitingFor(a.uuid)).toEqual([]);
    const { jobs, dependencies } = await test.queue.graph(c.graphUuid as string);
    expect(jobs.map(({ description, state }) => [description, state])).toEqual([
      ['a', 'pending'],
      ['b', 'done'],
      ['c', 'wait_dependencies'],
    ]);
    expect(dependencies).toEqual([
      { parent: a.uuid, child: c.uuid },
      { parent: b.uuid, child: c.uuid },
    ]);
    const none = '01890000-0000-7000-8000-000000000000';
    expect(await test.queue.graph(none)).toEqual({ jobs: [], dependencies: [] });
  });

  it('runs at once, in order and with the results of parents, where one of its jobs is not to be delayed', async () => {
    const before = await test.queue.counts();
    const jobs = await chain(
      group(build.collect('a'), build.collect('b', { noDelay: true })),
      build.collect('c'),
    ).delay();
    expect(jobs.map(({ state, result }) => [state, result])).toEqual([
      ['done', ['a']],
      ['done', ['b']],
      ['done', ['c', ['a'], ['b']]],
    ]);
    expect(await test.queue.counts()).toEqual(before);
  });

  it('of 10,000 jobs is stored in under two seconds, and drained', async () => {
    const store = async (): Promise<{ jobs: QueueJob[]; ms: number }> => {
      const fans = Array.from({ length: 3_333 }, (_, at) => chain(build.run(`a${at}`), build.run(`b${at}`)));
      const rest = Array.from({ length: 3_333 }, (_, at) => build.run(`c${at}`));
      const all = chain(group(...fans), build.run('join'), group(...rest));
      const start = performance.now();
      const jobs = await all.delay();
      return { jobs, ms: performance.now() - start };
    };
    // Other processes of the machine take their share, so the best of three counts; one of them is drained.
    const times: number[] = [];
    let jobs: QueueJob[] = [];
    while (times.length < 3 && !(Math.min(...times) < 2_000)) {
      if (jobs.length > 0) await ended(jobs);
      steps.ran.length = 0;
      const stored = await store();
      times.push(stored.ms);
      ({ jobs } = stored);
    }
    expect(jobs.length).toBe(10_000);
    expect(Math.min(...times)).toBeLessThan(2_000);
    await ended(jobs);
    expect(steps.ran.length).toBe(10_000);
    const join = steps.ran.indexOf('join');
    expect(steps.ran.slice(0, join).every((label) => !label.startsWith('c'))).toBe(true);
    expect(join).toBe(6_666);
  }, 180_000);
});
