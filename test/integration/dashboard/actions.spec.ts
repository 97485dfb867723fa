import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { ActionProgress, JobDetail, JobMatchCount, Problem } from '../../../lib/dashboard.js';
import { JobStateError } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

interface Audit {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly details: Record<string, unknown>;
}

describe.each(ADAPTERS)('what is done to jobs in the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Desk],
      dashboard: {
        guards: [WordGuard],
        actor: ({ user }) => (user as { name: string }).name,
        access: ({ user }) => ((user as { name: string }).name === 'bob' ? { requeue: true } : 'all'),
      },
    });
  });

  afterEach(async () => {
    await test.dataSource.query(
      'TRUNCATE queue_job, queue_job_history, queue_job_dependency, queue_job_audit',
    );
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const store = async (...args: unknown[]): Promise<string> =>
    (await test.queue.withDelay(Desk).write(...args)).uuid;
  const linesOf = async (response: Response): Promise<ActionProgress[]> => {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    return (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ActionProgress);
  };
  const act = async (action: string, body: unknown): Promise<ActionProgress | undefined> =>
    (await linesOf(await test.send(`jobs/actions/${action}`, body))).at(-1);
  const count = async (filter: Record<string, string>): Promise<JobMatchCount> =>
    test.get(`jobs/count?${new URLSearchParams({ ...filter, exact: 'true' }).toString()}`);
  const audit = async (): Promise<Audit[]> =>
    (await test.dataSource.query(
      'SELECT actor, action, target, details FROM queue_job_audit ORDER BY id',
    )) as Audit[];
  /** Many jobs at once, made in SQL: so many that failed. */
  const fill = async (jobs: number, name = 'Desk.write'): Promise<void> => {
    await test.dataSource.query(
      `INSERT INTO queue_job (uuid, name, description, state, phase)
       SELECT ('0198' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5($1 || i), 1, 12))::uuid, $1, 'many', 'failed', 4
       FROM generate_series(1, $2::int) i`,
      [name, jobs],
    );
  };

  it('changes those whose state allows it, and says of the others why not', async () => {
    const [pending, done, held, gone] = [await store(1), await store(2), await store(3), randomUUID()];
    await test.queue.setDone(done);
    await test.dataSource.query(
      `WITH n AS (INSERT INTO queue_job_node (name) VALUES ('a living one') RETURNING id)
       UPDATE queue_job SET state = 'started', node = (SELECT id FROM n) WHERE uuid = $1`,
      [held],
    );
    const last = await act('requeue', { uuids: [pending, done, held, gone, done] });
    expect(last).toMatchObject({ total: 4, seen: 4, changed: 1, ended: true });
    expect(last?.unchanged).toHaveLength(3);
    expect(last?.unchanged).toEqual(
      expect.arrayContaining([
        { reason: 'waiting', state: 'pending', count: 1, uuids: [pending] },
        { reason: 'running', state: 'started', count: 1, uuids: [held] },
        { reason: 'gone', state: null, count: 1, uuids: [gone] },
      ]),
    );
    expect((await test.queue.find(done))?.state).toBe('pending');
  });

  it('runs now what waits for its eta or its retry, and nothing else', async () => {
    const later = (await test.queue.withDelay(Desk, { eta: '5h' }).write(1)).uuid;
    const again = (await test.queue.withDelay(Desk, { eta: '3h' }).write(2)).uuid;
    await test.dataSource.query(`UPDATE queue_job SET retry = 2, exc_name = 'Error' WHERE uuid = $1`, [
      again,
    ]);
    const [ready, failed] = [await store(3), await store(4)];
    await test.dataSource.query(`UPDATE queue_job SET state = 'failed', phase = 4 WHERE uuid = $1`, [failed]);
    const offered = async (uuid: string): Promise<boolean> =>
      (await test.get<JobDetail>(`jobs/${uuid}`)).actions.includes('run');
    expect([await offered(later), await offered(again), await offered(ready), await offered(failed)]).toEqual([
      true, true, false, false,
    ]); // prettier-ignore
    const last = await act('run', { uuids: [later, again, failed] });
    expect(last).toMatchObject({ changed: 2, unchanged: [{ reason: 'state', state: 'failed', count: 1 }] });
    const rows = await test.dataSource.query(
      `SELECT phase, eta <= clock_timestamp() AS due, retry FROM queue_job WHERE uuid = ANY($1) ORDER BY retry`,
      [[later, again]],
    );
    expect(rows).toEqual([
      { phase: 2, due: true, retry: 0 },
      { phase: 2, due: true, retry: 2 },
    ]);
    expect((await audit()).at(-1)).toMatchObject({ actor: 'ada', action: 'jobs.run' });
    expect(await offered(later)).toBe(false);
  });

  it('postpones, gives another priority and moves to another channel what waits, and notes it once', async () => {
    const [ready, failed, done] = [await store(1), await store(2), await store(3)];
    const later = (await test.queue.withDelay(Desk, { eta: '5h' }).write(4)).uuid;
    await test.dataSource.query(`UPDATE queue_job SET state = 'failed', phase = 4 WHERE uuid = $1`, [failed]);
    await test.queue.setDone(done);
    const set = { priority: 3, channel: 'root.slow.lane' };
    const last = await act('update', { uuids: [ready, failed, done], set });
    expect(last).toMatchObject({ changed: 2, unchanged: [{ reason: 'state', state: 'done', count: 1 }] });
    const rows = await test.dataSource.query(
      `SELECT priority, channel, phase FROM queue_job WHERE uuid = ANY($1) ORDER BY phase`,
      [[ready, failed]],
    );
    expect(rows).toEqual([
      { priority: 3, channel: 'root.slow.lane', phase: 2 },
      { priority: 3, channel: 'root.slow.lane', phase: 4 },
    ]);
    // A failed job has nothing to wait for.
    expect(await act('update', { uuids: [ready, failed, later], set: { eta: '2 hours' } })).toMatchObject({
      changed: 2,
      unchanged: [{ reason: 'state', state: 'failed', count: 1 }],
    });
    expect(
      await test.dataSource.query(
        `SELECT phase, extract(epoch FROM eta - clock_timestamp()) BETWEEN 7000 AND 7200 AS later
         FROM queue_job WHERE uuid = ANY($1)`,
        [[ready, later]],
      ),
    ).toEqual([
      { phase: 1, later: true },
      { phase: 1, later: true },
    ]);
    await act('update', { uuids: [later], set: { eta: '2126-01-01T00:00:00Z' } });
    expect((await test.queue.find(later))?.eta?.toISOString()).toBe('2126-01-01T00:00:00.000Z');
    expect(await audit()).toMatchObject([
      { actor: 'ada', action: 'jobs.update', details: { set, changed: 2, total: 3, ended: true } },
      { actor: 'ada', action: 'jobs.update', details: { set: { eta: '2 hours' }, changed: 2 } },
      { actor: 'ada', action: 'jobs.update', target: later, details: { changed: 1 } },
    ]);
    const filter = { state: 'pending' };
    const { count: expected, at } = await count(filter);
    const moved = await act('update', { filter: { ...filter, to: at }, expected, set: { channel: 'root' } });
    expect(moved).toMatchObject({ changed: 2, unchanged: [] });
  });

  it('leaves a job alone that a node claims while it is updated', async () => {
    const uuid = await store(1);
    const runner = test.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query(
        `WITH n AS (INSERT INTO queue_job_node (name) VALUES ('claiming') RETURNING id)
         UPDATE queue_job SET state = 'enqueued', phase = 3, node = (SELECT id FROM n) WHERE uuid = $1`,
        [uuid],
      );
      const update = act('update', { uuids: [uuid], set: { priority: 0, channel: 'other' } });
      await eventually(async () => {
        const [{ waiting }] = (await test.dataSource.query(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )) as [{ waiting: number }];
        expect(waiting).toBeGreaterThan(0);
      });
      await runner.commitTransaction();
      expect(await update).toMatchObject({ changed: 0, unchanged: [{ reason: 'running', count: 1 }] });
      expect(await test.queue.find(uuid)).toMatchObject({ priority: 10, channel: 'root' });
    } finally {
      await runner.release();
    }
  });

  it('writes down who did what', async () => {
    const [uuid, other] = [await store(1), await store(2)];
    const response = await test.api('jobs/actions/cancel', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-queue-jobs': '1', authorization: 'open sesame:eve' },
      body: JSON.stringify({ uuids: [uuid] }),
    });
    await linesOf(response);
    await act('done', { uuids: [uuid, other] });
    expect((await test.queue.find(uuid))?.result).toBe('Manually set to done by ada');
    expect(await audit()).toMatchObject([
      { actor: 'eve', action: 'jobs.cancel', target: uuid, details: { total: 1, changed: 1, ended: true } },
      { actor: 'ada', action: 'jobs.done', target: '2 jobs', details: { changed: 2, uuids: [uuid, other] } },
    ]);
  });

  it('takes only what the asker has a right to', async () => {
    const uuid = await store(1);
    await test.queue.cancel(uuid);
    const as = async (action: string): Promise<Response> =>
      test.api(`jobs/actions/${action}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-queue-jobs': '1',
          authorization: 'open sesame:bob',
        },
        body: JSON.stringify({ uuids: [uuid] }),
      });
    for (const action of ['cancel', 'done', 'delete', 'update']) {
      const refused = await as(action);
      expect([action, refused.status]).toEqual([action, 403]);
      expect((await refused.json()) as Problem).toMatchObject({
        code: 'FORBIDDEN',
        detail: expect.stringContaining(action),
      });
    }
    const seen = await test.api(`jobs/${uuid}`, { headers: { authorization: 'open sesame:bob' } });
    expect(((await seen.json()) as JobDetail).actions).toEqual(['requeue']);
    expect(await audit()).toEqual([]);
    expect((await linesOf(await as('requeue'))).at(-1)?.changed).toBe(1);
  });

  it('does 10,000 of a filter in batches, and no more', async () => {
    await fill(10_000);
    await fill(3, 'Desk.mail');
    await store('pending all the time');
    const filter = { state: 'failed', name: 'Desk.write' };
    const { count: expected, at } = await count(filter);
    expect(expected).toBe(10_000);
    const lines = await linesOf(
      await test.send('jobs/actions/requeue', { filter: { ...filter, to: at }, expected }),
    );
    expect(lines).toHaveLength(21);
    expect(lines.map(({ seen }) => seen).slice(0, 3)).toEqual([500, 1_000, 1_500]);
    expect(lines.at(-1)).toEqual({
      total: 10_000,
      seen: 10_000,
      changed: 10_000,
      unchanged: [],
      ended: true,
    });
    const counts = await test.queue.counts();
    expect(counts).toMatchObject({ failed: 3, pending: 10_001 });
    expect(await audit()).toMatchObject([
      {
        target: expect.stringContaining('state=failed&name=Desk.write'),
        details: { expected, changed: 10_000 },
      },
    ]);
  }, 60_000);

  it('keeps from doing more than was counted, but for what was stored since', async () => {
    await store(1);
    const filter = { state: 'pending' };
    const { count: expected, at } = await count(filter);
    await store(2);
    const refused = await test.send('jobs/actions/cancel', { filter, expected });
    expect(refused.status).toBe(409);
    expect((await refused.json()) as Problem).toMatchObject({ code: 'MORE_THAN_EXPECTED', count: 2 });
    expect(await act('cancel', { filter: { ...filter, to: at }, expected })).toMatchObject({
      total: 1,
      changed: 1,
    });
    expect(await test.queue.counts()).toMatchObject({ pending: 1, cancelled: 1 });
  });

  it('stops after the batch under way when nobody listens any more', async () => {
    await fill(20_000);
    const { port } = new URL(test.origin);
    const body = JSON.stringify({ filter: { state: 'failed' }, expected: 20_000 });
    await new Promise<void>((resolve, reject) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/admin/v1/queue-jobs/api/jobs/actions/cancel',
          headers: { 'content-type': 'application/json', 'x-queue-jobs': '1', authorization: 'open sesame' },
        },
        (response) => {
          response.once('data', () => {
            sent.destroy();
            resolve();
          });
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
    const [entry] = await eventually(async () => {
      const entries = await audit();
      expect(entries[0]?.details).toMatchObject({ ended: true });
      return entries;
    });
    const { changed, error } = (entry as Audit).details as { changed: number; error: string };
    expect(error).toBe('Nobody listened any more.');
    expect(changed).toBeLessThan(20_000);
    expect((await test.queue.counts()).cancelled).toBe(changed);
  }, 60_000);

  it('ends with the application, and does not hold it up', async () => {
    await fill(20_000);
    const own = await startDashboard({ url: database.url, adapter: adapter(), providers: [Desk] });
    const response = await own.send('jobs/actions/cancel', { filter: { state: 'failed' }, expected: 20_000 });
    const began = performance.now();
    const [text] = await Promise.all([response.text(), own.close()]);
    expect(performance.now() - began).toBeLessThan(10_000);
    const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as ActionProgress;
    expect(last).toMatchObject({ ended: true, error: 'The application is closing.' });
    expect(last.changed).toBeLessThan(20_000);
    expect((await audit())[0]?.details).toMatchObject({ changed: last.changed, ended: true });
  }, 60_000);

  describe('deleting', () => {
    const rest = async (): Promise<number[]> => {
      const tables = ['queue_job', 'queue_job_history', 'queue_job_attempt', 'queue_job_log'];
      const rows = (await test.dataSource.query(
        tables.map((table) => `SELECT count(*)::int AS n FROM ${table}`).join(' UNION ALL '),
      )) as { n: number }[];
      return rows.map(({ n }) => n);
    };

    it('removes a job with all that belongs to it', async () => {
      const [waiting, done] = [await store(1), await store(2)];
      await test.queue.setDone(done);
      for (const uuid of [waiting, done]) {
        await test.dataSource.query(
          `INSERT INTO queue_job_log (job_uuid, retry, message) VALUES ($1, 1, 'x')`,
          [uuid],
        );
        await test.dataSource.query(`INSERT INTO queue_job_attempt (job_uuid, retry) VALUES ($1, 1)`, [uuid]);
      }
      expect(await act('delete', { uuids: [waiting, done] })).toMatchObject({ changed: 2 });
      expect(await rest()).toEqual([0, 0, 0, 0]);
      await expect(test.queue.delete(done)).rejects.toThrow('There is no job');
    });

    it('leaves a job that a node has', async () => {
      const uuid = await store(1);
      await test.dataSource.query(`UPDATE queue_job SET state = 'started', node = 1 WHERE uuid = $1`, [uuid]);
      const { unchanged } = (await act('delete', { uuids: [uuid] })) as ActionProgress;
      expect(unchanged).toEqual([{ reason: 'running', state: 'started', count: 1, uuids: [uuid] }]);
      await expect(test.queue.delete(uuid)).rejects.toThrow(JobStateError);
    });

    it('cancels what waits for it alone, and leaves what can still run', async () => {
      const jobs = test.queue.delayable(Desk);
      const [a, b, onlyA, both] = [
        jobs.write('a'),
        jobs.write('b'),
        jobs.write('only a'),
        jobs.write('both'),
      ];
      a.onDone(onlyA, both);
      b.onDone(both);
      const stored = await test.queue.graph((await test.queue.delayAll([a]))[0]?.graphUuid ?? '');
      const uuidOf = (label: string): string => stored.jobs.find(({ args }) => args[0] === label)?.uuid ?? '';
      await test.queue.delete(uuidOf('a'));
      expect(await test.queue.find(uuidOf('only a'))).toMatchObject({
        state: 'cancelled',
        result: 'Cancelled with its parents',
      });
      expect((await test.queue.find(uuidOf('both')))?.state).toBe('wait_dependencies');
      await test.queue.setDone(uuidOf('b'));
      // Now none is left that could still be done.
      expect((await test.queue.find(uuidOf('both')))?.state).toBe('cancelled');
    });

    it('keeps what a done parent was needed for', async () => {
      const jobs = test.queue.delayable(Desk);
      const [a, b, both] = [jobs.write('a'), jobs.write('b'), jobs.write('both')];
      a.onDone(both);
      b.onDone(both);
      const stored = await test.queue.graph((await test.queue.delayAll([a]))[0]?.graphUuid ?? '');
      const uuidOf = (label: string): string => stored.jobs.find(({ args }) => args[0] === label)?.uuid ?? '';
      await test.queue.setDone(uuidOf('a'));
      await test.queue.delete(uuidOf('a'));
      await test.queue.setDone(uuidOf('b'));
      expect((await test.queue.find(uuidOf('both')))?.state).toBe('pending');
    });
  });
});
