import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type {
  JobCount,
  JobDetail,
  JobPage,
  LogPage,
  Problem,
  RelatedActionView,
} from '../../../lib/dashboard.js';
import { Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

const HOSTILE = `<img src=x onerror=alert(1)>"'\`\${1}</script>\u2028\u202e\\`;

describe.each(ADAPTERS)('the jobs of the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Desk],
      options: {
        runner: { shutdownTimeout: 2_000 },
        channels: 'root:10,root.off:1:paused',
        userId: () => 'u1',
      },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const store = async (options: object, ...args: unknown[]): Promise<string> =>
    (await test.queue.withDelay(Desk, { channel: 'off', ...options }).write(...args)).uuid;
  const uuidsOf = async (query: string): Promise<string[]> =>
    (await test.get<JobPage>(`jobs?${query}`)).jobs.map(({ uuid }) => uuid);
  const failedMail = async (): Promise<string> => {
    const { uuid } = await test.queue.withDelay(Desk).mail('ann@example.com');
    await expect(test.queue.finished(uuid, { timeout: 10_000 })).rejects.toThrow('No such mailbox');
    return uuid;
  };

  it('come the newest first, page by page', async () => {
    const all = [
      await store({ description: 'page' }),
      await store({ description: 'page' }),
      await store({ description: 'page' }),
    ].toReversed();
    const first = await test.get<JobPage>('jobs?text=PAGE&limit=2');
    expect(first.jobs.map(({ uuid }) => uuid)).toEqual(all.slice(0, 2));
    expect(first.searchedTo).toBeNull();
    const second = await test.get<JobPage>(`jobs?text=PAGE&limit=2&cursor=${first.next}`);
    expect(second.jobs.map(({ uuid }) => uuid)).toEqual(all.slice(2));
    expect(second.next).toBeNull();
  });

  it('are found by each part of the filter', async () => {
    const before = new Date(Date.now() - 60_000).toISOString();
    const graph = test.queue.delayable(Desk, { channel: 'off' }).write('in a graph');
    const [alone] = await test.queue.delayAll([graph]);
    const uuid = await store(
      { priority: 7, channel: 'off.deep', description: '100 %_ sure\\' },
      { customer: { id: 42, 'a.b': null } },
      10n,
      new Date(0),
      new Map([['k', 1]]),
    );
    const failed = await failedMail();
    const keyed = await store({ identityKey: 'paper-4711', channel: 'off' }, 'a "quoted\\" text', 4711n);
    const filters: [string, string][] = [
      ['state=pending&priority=7', uuid],
      ['channel=off.deep', uuid],
      ['arg=customer.id=42', uuid],
      ['arg=customer["a.b"]=null', uuid],
      [`id=${uuid.slice(0, 30)}`, uuid],
      ['value=42', uuid],
      ['value=10&priority=7', uuid],
      ['value=ann@example.com', failed],
      ['search=%25_%20SURE%5C', uuid],
      ['search=deep&priority=7', uuid],
      [`search=${uuid}`, uuid],
      ['search=NN@example', failed],
      ['search=such%20mailbox', failed],
      ['message=such%20MAIL', failed],
      ['key=paper-47', keyed],
      ['value=4711', keyed],
      ['value=a%20%22quoted%5C%22%20text', keyed],
      ['search=%22quoted%5C%22', keyed],
      ['search=paper-4711', keyed],
      ['channel=root.off&text=%25_%20sure%5C', uuid],
      ['arg=[0].customer.id=42', uuid],
      ['arg=args[0].customer["a.b"]=null', uuid],
      ['arg=[1]=10', uuid],
      ['arg=[2]=1970-01-01T00:00:00.000Z', uuid],
      ['error=FailedJobError&state=failed', failed],
      ['name=Desk.mail&user=u1', failed],
      ['arg=[0]=ann@example.com&error=FailedJobError', failed],
      [`uuids=${uuid},${randomUUID()}`, uuid],
      [`from=${before}&priority=7`, uuid],
    ];
    for (const [filter, found] of filters) {
      const [key, ...rest] = filter.split('arg=');
      const query =
        rest.length === 0
          ? key
          : `${key}arg=${rest
              .join('')
              .split('&')
              .map((part, i) => (i === 0 ? encodeURIComponent(part) : part))
              .join('&')}`;
      expect([filter, (await uuidsOf(query ?? '')).slice(0, 1)]).toEqual([filter, [found]]);
    }
    for (const none of [
      'priority=8',
      'text=%25%25',
      'value=4',
      'value=quoted',
      'search=a.b.c',
      'key=%25',
      'message=%25',
      'id=00000000',
      'arg=id=42',
      'arg=[0].customer.id=43',
      'arg=[0].customer.id="42"',
      `to=${before}`,
      'user=u2',
      'node=99',
      `graph=${randomUUID()}`,
    ])
      expect([none, await uuidsOf(none)]).toEqual([none, []]);
    const { node } = await test.get<JobDetail>(`jobs/${failed}`);
    expect(await uuidsOf(`node=${node}&state=failed`)).toContain(failed);
    expect(alone?.graphUuid).toBeNull();
  });

  it('are counted', async () => {
    await store({ description: 'to count' });
    await store({ description: 'to count' });
    const counted = { count: 2, capped: false, at: expect.any(String) };
    expect(await test.get<JobCount>('jobs/count?text=to%20count')).toEqual(counted);
    expect(await test.get<JobCount>('jobs/count?text=to%20count&exact=true')).toEqual(counted);
  });

  it('show their arguments with all types, and the call that makes them again', async () => {
    const error = new RangeError('too far');
    // Not the real one: in a folder with a long path it would make the arguments too long for one answer.
    error.stack = 'RangeError: too far\n    at orders.js:1:1';
    const uuid = await store(
      { priority: 5, identityKey: 'the key', description: HOSTILE },
      'text', 1.5, -0, NaN, null, undefined, true, 10n, new Date(0), new URL('https://example.com/'), /a\/b/gi,
      Buffer.from('abc'), new Float64Array([1]), new Map<unknown, unknown>([['k', { deep: [1] }], [1, 2]]), new Set(['x']),
      error, { $type: 'not a tag', __proto__x: 1 }, HOSTILE,
    ); // prettier-ignore
    const job = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(job.args).toEqual([
      { t: 'string', v: 'text' },
      { t: 'number', v: '1.5' },
      { t: 'number', v: '-0' },
      { t: 'number', v: 'NaN' },
      { t: 'null' },
      { t: 'undefined' },
      { t: 'boolean', v: true },
      { t: 'bigint', v: '10' },
      { t: 'typed', type: 'Date', v: '1970-01-01T00:00:00.000Z' },
      { t: 'typed', type: 'URL', v: 'https://example.com/' },
      { t: 'typed', type: 'RegExp', v: String.raw`/a\/b/gi` },
      { t: 'typed', type: 'Buffer', v: '616263' },
      { t: 'typed', type: 'Float64Array', v: '000000000000f03f' },
      {
        t: 'record',
        type: 'Map',
        entries: [
          ['k', { t: 'record', type: 'Object', entries: [['deep', { t: 'list', type: 'Array', items: [{ t: 'number', v: '1' }] }]] }],
          ['1', { t: 'number', v: '2' }],
        ],
      },
      { t: 'list', type: 'Set', items: [{ t: 'string', v: 'x' }] },
      { t: 'record', type: 'Error', entries: expect.arrayContaining([['name', { t: 'string', v: 'RangeError' }], ['message', { t: 'string', v: 'too far' }]]) },
      { t: 'record', type: 'Object', entries: [['$type', { t: 'string', v: 'not a tag' }], ['__proto__x', { t: 'number', v: '1' }]] },
      { t: 'string', v: HOSTILE },
    ]); // prettier-ignore
    expect(job).toMatchObject({
      fullDescription: HOSTILE,
      identityKey: 'the key',
      userId: 'u1',
      longer: [],
      known: true,
    });
    expect(job.code).toMatch(/^await queue\.withDelay\(Desk, \{/);
    // It is code, and makes the same arguments.
    const folder = await mkdtemp(join(tmpdir(), 'queue-job-code-'));
    const code = job.code.replace(/^await queue\.withDelay\((?:.|\n)*?\)\.write/, '');
    await writeFile(join(folder, 'again.mjs'), `export default (keep) => keep${code}`);
    const { default: again } = (await import(join(folder, 'again.mjs'))) as {
      default: (keep: (...args: unknown[]) => unknown[]) => unknown[];
    };
    await rm(folder, { recursive: true });
    const made = again((...args) => args);
    const stored = await test.queue.find(uuid);
    expect(made.slice(0, 15)).toEqual(stored?.args.slice(0, 15));
    expect(made.slice(16)).toEqual(stored?.args.slice(16));
  });

  it('are cut where they are long, and can be downloaded whole', async () => {
    const long = 'x'.repeat(300_000);
    const uuid = await store(
      { description: 'd'.repeat(900) },
      long,
      Array.from({ length: 100_000 }, (__, i) => i % 10),
      { long },
    );
    const response = await test.api(`jobs/${uuid}`);
    const text = await response.text();
    expect(text.length).toBeLessThan(40_000);
    const job = JSON.parse(text) as JobDetail;
    expect(job).toMatchObject({
      longer: ['args'],
      args: [{ t: 'string', cut: 298_000 }, { t: 'list', cut: 99_900 }, { t: 'record' }],
    });
    expect(job.description).toHaveLength(300);
    expect(job.code.length).toBeLessThan(2_000);
    const download = await test.api(`jobs/${uuid}/text/args`);
    expect(download.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(download.headers.get('content-disposition')).toBe(`attachment; filename="${uuid}-args.txt"`);
    expect(download.headers.get('x-content-type-options')).toBe('nosniff');
    expect(((await download.json()) as unknown[])[0]).toBe(long);
    expect((await test.get<JobPage>(`jobs?uuids=${uuid}`)).jobs[0]?.description).toHaveLength(300);
  });

  it('tell of their tries, their log and what there is to do', async () => {
    const uuid = await failedMail();
    const job = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(job).toMatchObject({
      state: 'failed',
      excName: 'FailedJobError',
      excMessage: 'No such mailbox',
      actions: ['requeue', 'update', 'cancel', 'done', 'delete'],
      hasRelatedAction: false,
      timeout: 90,
    });
    expect(job.timeline.map(({ state }) => state)).toEqual(['pending', 'enqueued', 'started', 'failed']);
    expect(job.waitTime).toBeGreaterThanOrEqual(0);
    const [attempt] = job.attempts;
    expect(attempt?.error).toMatchObject({
      name: 'FailedJobError',
      message: 'No such mailbox',
      causes: [{ name: 'TypeError', message: '550' }],
    });
    expect(attempt?.error?.frames[0]).toMatchObject({
      text: expect.stringContaining('dashboard-jobs'),
      own: true,
    });
    expect(await (await test.api(`jobs/${uuid}/text/error`)).text()).toContain('Caused by: TypeError: 550');
    const logs = await eventually(async () => {
      const page = await test.get<LogPage>(`jobs/${uuid}/logs`);
      expect(page.lines).toHaveLength(1);
      return page;
    });
    expect(logs.lines[0]).toMatchObject({ message: 'Connecting', retry: 1, data: { t: 'record' } });
    expect(await test.get<LogPage>(`jobs/${uuid}/logs?after=${logs.last}`)).toEqual({
      lines: [],
      last: logs.last,
    });
  });

  it('have a related action where their code says so', async () => {
    const uuid = await store({}, 1);
    expect((await test.get<JobDetail>(`jobs/${uuid}`)).hasRelatedAction).toBe(true);
    const action = await test.get<RelatedActionView>(`jobs/${uuid}/related-action`);
    expect(action).toEqual({ label: 'The paper', url: '/papers/1?tab=lines', data: null });
    const mail = (await test.queue.withDelay(Desk, { channel: 'off' }).mail('x')).uuid;
    expect(await test.get(`jobs/${mail}/related-action`)).toBeNull();
  });

  it('know their parents and children', async () => {
    const jobs = test.queue.delayable(Desk, { channel: 'off' });
    const [parent, child] = [jobs.write('parent'), jobs.write('child')];
    parent.onDone(child);
    const [stored] = await test.queue.delayAll([parent]);
    const first = await test.get<JobDetail>(`jobs/${stored?.uuid}`);
    expect(first.children).toMatchObject([{ name: 'Desk.write', state: 'wait_dependencies' }]);
    const second = await test.get<JobDetail>(`jobs/${first.children[0]?.uuid}`);
    expect(second.parents).toMatchObject([{ uuid: stored?.uuid, state: 'pending' }]);
    expect(second.timeline[0]?.state).toBe('wait_dependencies');
    expect((await test.get<JobPage>(`jobs?graph=${stored?.graphUuid}`)).jobs).toHaveLength(2);
  });

  it('can be looked at however damaged they are', async () => {
    const uuid = await store({}, 1);
    const set = async (column: string, value: string): Promise<void> => {
      await test.dataSource.query(`UPDATE queue_job SET ${column} = $1 WHERE uuid = $2`, [value, uuid]);
    };
    const damaged: string[] = [
      '[{"$type":"Map","value":5}]', '[{"$type":"Entity","value":null}]', '[{"$type":"Date"}]', '[{"$type":"RegExp","value":1}]',
      '[{"$type":"Error","value":[]}]', '[{"$type":"Money","value":{"cents":5}}]', '[{"$type":5}]', '{"not":"a list"}', '"text"', 'null',
      '[{"$type":"bigint","value":"); alert(1"}]', '[{"$type":"Set","value":{}}]', `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
      '[{"$type":"Map","value":[5,[{"a":1},2]]}]', '[{"$type":"Buffer","value":{}}]', '[{"$type":"*/ x","value":1}]',
    ]; // prettier-ignore
    for (const json of damaged) {
      await set('args', json);
      const response = await test.api(`jobs/${uuid}`);
      expect([json.slice(0, 80), response.status]).toEqual([json.slice(0, 80), 200]);
      expect((await test.api(`jobs/${uuid}/text/args`)).status).toBe(200);
    }
    await set('description', HOSTILE.repeat(100));
    await set('exc_name', HOSTILE);
    await set('exc_message', HOSTILE);
    await set('channel', HOSTILE);
    await set('name', HOSTILE);
    const job = await test.get<JobDetail>(`jobs/${uuid}`);
    expect(job).toMatchObject({ name: HOSTILE, excName: HOSTILE, known: false });
  });

  it('are known where some living node knows them, whether this process does or not', async () => {
    @Injectable()
    class Elsewhere {
      @Job()
      async work(): Promise<void> {
        return Promise.resolve();
      }
    }
    const uuid = randomUUID();
    await test.dataSource.query(
      `INSERT INTO queue_job (uuid, name, description, channel) VALUES ($1, 'Elsewhere.work', 'x', 'root.off')`,
      [uuid],
    );
    const isKnown = async (): Promise<boolean> => (await test.get<JobDetail>(`jobs/${uuid}`)).known;
    expect(await isKnown()).toBe(false);
    const worker = await startApplication({ url: database.url, providers: [Elsewhere] });
    try {
      await eventually(async () => expect(await isKnown()).toBe(true));
    } finally {
      await worker.close();
    }
    expect(await isKnown()).toBe(false);
  });

  it('that are not there are a problem of status 404', async () => {
    for (const path of ['', '/logs', '/text/args', '/related-action']) {
      const response = await test.api(`jobs/${randomUUID()}${path}`);
      expect(response.status).toBe(404);
      expect((await response.json()) as Problem).toMatchObject({ code: 'JOB_NOT_FOUND' });
    }
  });
});
