import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import type { JobGroupPage, JobPage, JobWaits, Problem } from '../../../lib/dashboard.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe.each(ADAPTERS)('lists of jobs on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let hidden: readonly string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Desk],
      options: { runner: { shutdownTimeout: 2_000 }, channels: 'root:10,root.off:1:paused' },
      logger: false,
      dashboard: { guards: [WordGuard], redact: () => [...hidden] },
    });
    await test.queue.withDelay(Desk, { channel: 'off', description: '=HYPERLINK("x"), "quoted"' }).write();
    await test.queue
      .withDelay(Desk, { channel: 'off', description: 'plain', tags: ['eu'] })
      .write({ customer: 4711 });
    const later = test.queue.withDelay(Desk, { channel: 'off.deep', eta: 7_200, description: 'later' });
    const sooner = test.queue.withDelay(Desk, { channel: 'off.deep', eta: 3_600, description: 'sooner' });
    await later.write();
    await sooner.write();
    for (const to of ['ann', 'bob']) {
      const { uuid } = await test.queue.withDelay(Desk).mail(to);
      await test.queue.finished(uuid, { timeout: 30_000 }).catch(() => undefined);
    }
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => {
    hidden = [];
  });

  const groups = async (query: string): Promise<Record<string, number>> => {
    const page = await test.get<JobGroupPage>(`jobs/groups?${query}`);
    expect(page).toMatchObject({ others: 0, countedTo: null });
    return Object.fromEntries(page.groups.map(({ key, count }) => [String(key), count]));
  };
  const described = async (query: string): Promise<string[]> =>
    (await test.get<JobPage>(`jobs?${query}`)).jobs.map(({ description }) => description);

  it('count back from now by the clock of the database', async () => {
    const ahead = Date.now() + 2 * 86_400_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => ahead);
    try {
      expect(await described('since=1h&channel=off')).toHaveLength(4);
      expect(await described('until=1h&channel=off')).toEqual([]);
      expect(await groups('by=channel&since=1h&channel=off.deep')).toEqual({ 'root.off.deep': 2 });
      const file = await (await test.api('jobs/export?format=csv&since=1h&channel=off')).text();
      expect(file.trim().split('\r\n')).toHaveLength(5);
      const filter = { since: '1h', channel: 'root.off.deep' };
      const done = await test.send('jobs/actions/run', { filter: { ...filter, state: 'done' }, expected: 0 });
      expect(await done.text()).toContain('"total":0');
    } finally {
      clock.mockRestore();
    }
  });

  it('count jobs by what they have in common', async () => {
    expect(await groups('by=state')).toEqual({ pending: 4, failed: 2 });
    expect(await groups('by=channel')).toEqual({ 'root.off': 2, 'root.off.deep': 2, 'root.mail': 2 });
    expect(await groups('by=name&channel=off')).toEqual({ 'Desk.write': 4 });
    expect(await groups('by=tag')).toEqual({ eu: 1 });
    expect(await groups('by=state&tag=eu')).toEqual({ pending: 1 });
    expect(await groups('by=state&search=EU')).toEqual({ pending: 1 });
    expect(await groups('by=error')).toEqual({ FailedJobError: 2, null: 4 });
    const hours = await test.get<JobGroupPage>('jobs/groups?by=hour');
    expect(hours.groups[0]?.key).toMatch(/^20\d\d-\d\d-\d\dT\d\d:00:00Z$/);
    expect(hours.groups.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  it('count only what may be found', async () => {
    expect(await groups('by=state&value=4711')).toEqual({ pending: 1 });
    hidden = ['args[0].customer'];
    expect(await groups('by=state&value=4711')).toEqual({});
    expect(await groups('by=channel&search=plain')).toEqual({ 'root.off': 1 });
    expect(await groups('by=tag&search=plain')).toEqual({ eu: 1 });
  });

  it('take a span of time instead of a moment', async () => {
    expect(await groups('by=state&since=1h')).toEqual({ pending: 4, failed: 2 });
    expect(await groups('by=state&until=1h')).toEqual({});
    await test.dataSource.query(
      `UPDATE queue_job SET date_created = now() - interval '2 h' WHERE description = 'plain'`,
    );
    expect(await groups('by=state&since=1h')).toEqual({ pending: 3, failed: 2 });
    expect(await described('until=1h&state=pending')).toEqual(['plain']);
    const refused = await test.api('jobs?since=yesterday');
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as Problem).detail).toContain('must be a duration such as 15m, 1h or 7d');
  });

  it('come in other orders', async () => {
    expect(await described('sort=due')).toEqual(['sooner', 'later']);
    expect(await described('sort=due&limit=1&channel=off')).toEqual(['sooner']);
    expect(await described('sort=running')).toEqual([]);
    await test.dataSource.query(
      `UPDATE queue_job SET exec_time = length(name) * 10 + (CASE WHEN args::text LIKE '%bob%' THEN 1 ELSE 0 END) WHERE state = 'failed'`,
    );
    const slowest = await test.get<JobPage>('jobs?sort=slowest&limit=1');
    expect(slowest).toMatchObject({ next: null, searchedTo: null, jobs: [{ execTime: 91 }] });
    const refused = await test.api('jobs?sort=oldest');
    expect(((await refused.json()) as Problem).detail).toContain('newest, due, running, slowest');
  });

  it('are downloaded as CSV that no spreadsheet runs, and as JSON', async () => {
    const csv = await test.api('jobs/export?format=csv&channel=off');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="jobs.csv"');
    const bytes = Buffer.from(await csv.arrayBuffer()).toString('utf8');
    const lines = bytes.split('\r\n');
    expect(lines[0]).toMatch(/^\uFEFFuuid,name,description,state,channel,/);
    expect(lines).toHaveLength(6);
    expect(bytes).toContain(`"'=HYPERLINK(""x""), ""quoted"""`);
    const json = await test.api('jobs/export?format=json&state=failed');
    expect(await json.json()).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
    expect(await (await test.api('jobs/export?format=json&name=Nobody.is')).json()).toEqual([]);
  });

  it('are downloaded without what is hidden', async () => {
    hidden = ['description', 'error'];
    const text = await (await test.api('jobs/export?format=csv')).text();
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/plain|mailbox/);
  });

  it('may be left half downloaded', async () => {
    const gone = new AbortController();
    const answer = await test.api('jobs/export?format=csv', { signal: gone.signal });
    expect(answer.status).toBe(200);
    gone.abort();
    await test.get('about');
  });

  it('say why jobs wait, without what an error said', async () => {
    const { jobs } = await test.get<JobPage>('jobs');
    const failed = jobs.find(({ state }) => state === 'failed')?.uuid ?? '';
    const held = jobs.find(({ channel }) => channel === 'root.off')?.uuid ?? '';
    const later = jobs.find(({ description }) => description === 'later')?.uuid ?? '';
    const { waits } = await test.get<JobWaits>(`jobs/waits?uuids=${failed},${held},${later},${randomUUID()}`);
    expect(Object.keys(waits).toSorted()).toEqual([failed, held, later].toSorted());
    expect(waits[held]?.reasons).toEqual([{ kind: 'paused', channel: 'root.off' }]);
    expect(waits[later]?.reasons[0]).toMatchObject({ kind: 'eta', until: expect.stringMatching(/^20.*Z$/) });
    expect(waits[failed]?.reasons).toMatchObject([{ kind: 'failed', error: 'FailedJobError' }]);
    expect((await test.api('jobs/waits')).status).toBe(400);
  });

  it('let the application close while somebody has not read a file to its end', async () => {
    const other = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Desk],
      options: { runner: false },
      logger: false,
      dashboard: { guards: [WordGuard] },
    });
    await other.dataSource.query(
      `INSERT INTO queue_job (uuid, name, description, channel)
       SELECT gen_random_uuid(), 'Desk.write', repeat('long ', 200), 'root.off' FROM generate_series(1, 20000)`,
    );
    // (`fetch` takes a connection that breaks for the end of the file where the server had said that it closes it.)
    const { url } = await other.api('about');
    const file = await new Promise<IncomingMessage>((resolve) => {
      get(
        url.replace('about', 'jobs/export?format=csv'),
        { headers: { authorization: 'open sesame' } },
        resolve,
      );
    });
    const ended = new Promise((resolve) => file.on('error', () => undefined).once('close', resolve));
    await other.close();
    file.resume();
    await ended;
    expect([file.statusCode, file.complete]).toEqual([200, false]);
  });
});
