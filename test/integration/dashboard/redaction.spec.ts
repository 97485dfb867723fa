import { ExpressAdapter } from '@nestjs/platform-express';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JobCount, JobDetail, JobPage, LogPage } from '../../../lib/dashboard.js';
import { startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

const SECRET = 'sEcReT-4111';

/** Known by what must not be shown. */
@Entity()
class Subscriber {
  @PrimaryColumn('text')
  email!: string;

  @Column('integer')
  age!: number;
}

describe('redaction', () => {
  let database: TestDatabase;
  let test: TestDashboard;
  let paths: unknown = [];
  let asked: unknown;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: new ExpressAdapter(),
      providers: [Desk],
      entities: [Subscriber],
      options: { runner: { shutdownTimeout: 2_000 }, channels: 'off:1:paused' },
      logger: false,
      dashboard: {
        guards: [WordGuard],
        redact: (job) => {
          asked = job;
          if (paths instanceof Error) throw paths;
          return paths as string[];
        },
      },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const store = async (...args: unknown[]): Promise<string> =>
    (
      await test.queue
        .withDelay(Desk, { channel: 'off', description: `Pay ${SECRET}`, identityKey: SECRET })
        .write(...args)
    ).uuid;
  /** All that the API tells of a job. */
  const told = async (uuid: string): Promise<string> => {
    const answers = ['', '/text/args', '/logs'].map(async (path) =>
      (await test.api(`jobs/${uuid}${path}`)).text(),
    );
    const list = test.api(`jobs?uuids=${uuid}`).then(async (response) => response.text());
    return (await Promise.all([...answers, list])).join('\n');
  };

  it('is asked with what the job is', async () => {
    const uuid = await store(1);
    await told(uuid);
    expect(asked).toEqual({ uuid, name: 'Desk.write', channel: 'root.off', userId: null });
    await test.queue.delete(uuid);
  });

  it('finds by a search what is shown of a job, and nothing that is hidden', async () => {
    const uuid = await store({ card: 4111, shop: 'Kiosk 7', nested: { pin: 99, free: 12 } }, ['Blue']);
    const found = async (query: string): Promise<boolean> =>
      (await test.get<JobPage>(`jobs?${query}`)).jobs.some((job) => job.uuid === uuid);
    paths = [];
    const hidden = ['value=4111', 'arg=card=4111', 'search=4111', `key=${SECRET}`, 'value=99'];
    for (const query of hidden) expect([query, await found(query)]).toEqual([query, true]);
    paths = ['args[0].card', '**.pin', 'identityKey', 'description'];
    for (const query of [...hidden, `search=${SECRET}`, 'arg=nested.pin=99'])
      expect([query, await found(query)]).toEqual([query, false]);
    const shown = ['value=12', 'arg=nested.free=12', 'search=kiosk', 'search=BLUE', 'value=Kiosk 7'];
    for (const query of shown) expect([query, await found(query)]).toEqual([query, true]);
    expect(await test.get<JobCount>('jobs/count?value=4111')).toMatchObject({ count: 0 });
    await test.queue.delete(uuid);
  });

  it('hides values wherever the job is shown, downloaded or written as code', async () => {
    paths = [
      'args[0].card',
      'args[1].*.pin',
      'args[2].k',
      'args[3]["a.b"]',
      '**.token',
      'description',
      'identityKey',
    ];
    const uuid = await store(
      { card: { number: SECRET }, ok: 'shown' },
      [{ pin: SECRET }, { pin: SECRET, open: 1 }],
      new Map([['k', SECRET]]),
      { 'a.b': SECRET },
      {
        deep: [{ token: SECRET }, new Map([['token', SECRET]])],
        error: Object.assign(new Error('x'), { token: SECRET }),
      },
    );
    const text = await told(uuid);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('shown');
    const job = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(job.args[0]).toMatchObject({
      entries: [
        ['card', { t: 'redacted' }],
        ['ok', { t: 'string', v: 'shown' }],
      ],
    });
    expect(job).toMatchObject({
      description: '[redacted]',
      fullDescription: '[redacted]',
      identityKey: null,
    });
    expect(job.code).toContain('card: undefined as never /* redacted */');
    await test.queue.delete(uuid);
  });

  it('hides errors and logs', async () => {
    paths = ['error', 'log.password', '**.to'];
    const { uuid } = await test.queue.withDelay(Desk).mail(SECRET);
    await expect(test.queue.finished(uuid, { timeout: 10_000 })).rejects.toThrow('No such mailbox');
    const logs = await eventually(async () => {
      const page = await test.get<LogPage>(`jobs/${uuid}/logs`);
      expect(page.lines).toHaveLength(1);
      return page;
    });
    expect(logs.lines[0]?.data).toMatchObject({
      entries: [
        ['host', { t: 'string', v: 'mx' }],
        ['password', { t: 'redacted' }],
      ],
    });
    expect(await told(uuid)).not.toMatch(/No such mailbox|\b550\b|hunter2/);
    expect(await (await test.api(`jobs/${uuid}/text/error`)).text()).toBe('[redacted]');
    const job = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(job.attempts[0]?.error).toEqual({
      name: 'FailedJobError',
      message: '[redacted]',
      frames: [],
      causes: [],
      cut: false,
    });
    await test.queue.delete(uuid);
  });

  it('can not be got around by a filter', async () => {
    const uuid = await store({ card: SECRET, ok: 'shown' });
    const found = async (query: string): Promise<unknown[]> => [
      (await test.get<JobPage>(`jobs?${query}`)).jobs.map((job) => job.uuid),
      (await test.get<JobCount>(`jobs/count?${query}`)).count,
      (await test.get<JobCount>(`jobs/count?${query}&exact=true`)).count,
    ];
    const queries = [`arg=[0].card=${SECRET}`, `text=${SECRET}`, `arg=[0]={"card":"${SECRET}","ok":"shown"}`];
    paths = [];
    for (const query of queries) expect(await found(query)).toEqual([[uuid], 1, 1]);
    paths = ['args[0].card', 'description'];
    for (const query of queries) expect(await found(query)).toEqual([[], 0, 0]);
    expect(await found('arg=[0].ok=shown')).toEqual([[uuid], 1, 1]);
    const bulk = { filter: { arg: `[0].card=${SECRET}` }, expected: 1 };
    expect(await (await test.send('jobs/actions/cancel', bulk)).text()).toContain('"total":0');
    await test.queue.delete(uuid);
  });

  it('can not be guessed by where the next page begins, nor by what another order leaves out', async () => {
    const hidden = await Promise.all(
      [1, 2, 3, 4, 5].map(
        async (at) =>
          (await test.queue.withDelay(Desk, { channel: 'off', eta: '1h' }).write({ card: SECRET, at })).uuid,
      ),
    );
    const shown = (await test.queue.withDelay(Desk, { channel: 'off', eta: '2h' }).write({ other: SECRET }))
      .uuid;
    paths = ['args[0].card'];
    for (const limit of [1, 3]) {
      for (const part of ['arg=[0].card=', 'arg=card=', 'value=', 'search=', 'search=card%22:%22']) {
        const page = async (value: string): Promise<JobPage> =>
          test.get(`jobs?limit=${limit}&${part}${value}`);
        const pages = await Promise.all([page(SECRET), page('no-such-value')]);
        const [right, wrong] = pages.map(({ next, searchedTo }) => ({ next, searchedTo }));
        expect([part, right]).toEqual([part, wrong]);
      }
    }
    for (const sort of ['due', 'slowest']) {
      const { jobs } = await test.get<JobPage>(`jobs?limit=1&sort=${sort}&search=${SECRET}`);
      expect(jobs.map(({ uuid }) => uuid)).toEqual(sort === 'due' ? [shown] : []);
    }
    for (const uuid of [...hidden, shown]) await test.queue.delete(uuid);
  });

  it.each<[string, unknown, string, string]>([
    ['a Map', new Map([['card', SECRET]]), 'args[0].card', '[0].value[0][1]'],
    [
      'a Map in a Map',
      new Map([['a', new Map([['card', SECRET]])]]),
      'args[0].a.card',
      '[0].value[0][1].value[0][1]',
    ],
    ['an Error', Object.assign(new Error('x'), { card: SECRET }), 'args[0].card', '[0].value.props.card'],
    ['the message of an Error', new Error(SECRET), 'args[0].message', '[0].value.message'],
    ['an object with a $type of its own', { $type: 'x', card: SECRET }, 'args[0].card', '[0].value.card'],
    ['a Set', new Set([{ card: SECRET }]), 'args[0][0].card', '[0].value[0].card'],
  ])('can not be got around by how %s is stored', async (_, value, path, storedPath) => {
    const uuid = await store(value);
    const query = `jobs?arg=${encodeURIComponent(`${storedPath}=${SECRET}`)}`;
    const found = async (): Promise<unknown[]> =>
      (await test.get<JobPage>(query)).jobs.map((job) => job.uuid);
    paths = [path, 'description', 'identityKey'];
    expect(await told(uuid)).not.toContain(SECRET);
    expect(await found()).toEqual([]);
    // A path that nobody hides is as closed: what the tags hold are no properties.
    paths = ['args[9]'];
    expect(await found()).toEqual([]);
    await test.queue.delete(uuid);
  });

  it('still finds by a property that is called value', async () => {
    paths = ['args[0].card'];
    const uuid = await store({ card: SECRET, value: { id: 42 } });
    const { jobs } = await test.get<JobPage>('jobs?arg=[0].value.id=42');
    expect(jobs.map((job) => job.uuid)).toEqual([uuid]);
    await test.queue.delete(uuid);
  });

  it('reaches into the keys of a Map and the key of an entity', async () => {
    paths = ['**.token', '**.email', 'description', 'identityKey'];
    await test.dataSource.synchronize();
    const repository = test.dataSource.getRepository(Subscriber);
    const subscriber = await repository.save(repository.create({ email: `${SECRET}@example.com`, age: 30 }));
    const uuid = await store(
      new Map<unknown, unknown>([
        [{ token: SECRET, shown: 'in a key' }, 'one'],
        [[{ token: SECRET }], 'two'],
        [new Map([['token', SECRET]]), 'three'],
        [subscriber, 'four'],
        ['token', SECRET],
      ]),
      subscriber,
      [subscriber],
      new Set([subscriber]),
    );
    const text = await told(uuid);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('in a key');
    for (const value of [`${SECRET}@example.com`, `"${SECRET}@example.com"`]) {
      for (const path of [
        '[1]',
        '[1].email',
        '[1].value.id.email',
        '[2][0]',
        '[0].value[3][0].value.id.email',
      ]) {
        const query = `jobs?arg=${encodeURIComponent(`${path}=${value}`)}`;
        expect([path, (await test.get<JobPage>(query)).jobs]).toEqual([path, []]);
      }
    }
    const { args } = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(args[1]).toEqual({ t: 'entity', entity: 'Subscriber', id: '[redacted]' });
    await test.queue.delete(uuid);
  });

  it.each<[string, unknown]>([
    ['throws', new Error('redact is broken')],
    ['answers with no list', 'args[0]extra'],
    ['answers with nothing', undefined],
    ['answers with a path that is none', ['args[0].card', 'arguments[0]']],
    ['answers with a number', [5]],
  ])('hides everything where the function %s', async (_, answer) => {
    paths = [];
    const uuid = await store({ card: SECRET });
    paths = answer;
    expect(await told(uuid)).not.toContain(SECRET);
    await test.queue.delete(uuid);
  });
});
