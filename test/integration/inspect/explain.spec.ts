import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { JobExplainer } from '../../../lib/inspect/explain/job-explainer.js';
import { Job, type QueueJob, RetryableJobError } from '../../../lib/index.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect } from '../../support/recorder-jobs.js';

@Injectable()
class Worker {
  gate = new Gate();

  @Job()
  async wait(): Promise<void> {
    await this.gate.opened;
  }

  @Job()
  async fail(): Promise<void> {
    return Promise.reject(new TypeError('no such thing'));
  }

  @Job()
  async later(): Promise<void> {
    return Promise.reject(new RetryableJobError('not now', { seconds: 60 }));
  }
}

describe('what is said of a job that waits', () => {
  let database: TestDatabase;
  let client: Client;
  let test: TestApplication;
  let worker: Worker;
  const reasons = async ({ uuid }: { uuid: string }) => (await test.queue.explain(uuid)).reasons;
  const inState = async (job: QueueJob, state: string): Promise<void> =>
    eventually(async () => expect((await test.queue.find(job.uuid))?.state).toBe(state));
  const call = async (options = {}): Promise<QueueJob> => test.queue.withDelay(worker, options).wait();

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { channels: 'narrow:1, line:1:sequential, slow:9:throttle=60' },
      logger: false,
    });
    worker = test.get(Worker);
  });

  afterEach(async () => {
    worker.gate.open();
    await test.close();
    await client.end();
    await database.drop();
  });

  it('names the eta, the retry with its error, and what became of those that ran', async () => {
    const waiting = await call({ eta: '10 min' });
    expect(await test.queue.explain(waiting.uuid)).toEqual({
      uuid: waiting.uuid,
      name: 'Worker.wait',
      channel: 'root',
      state: 'pending',
      reasons: [{ kind: 'eta', until: waiting.eta }],
      position: null,
      startsIn: expect.closeTo(600, -2) as number,
    });

    const again = await test.queue.withDelay(worker).later();
    await eventually(async () => expect((await reasons(again))[0]?.kind).toBe('retry'));
    expect(await reasons(again)).toEqual([
      {
        kind: 'retry',
        until: expect.any(Date) as Date,
        attempts: 1,
        maxRetries: 5,
        error: { name: 'RetryableJobError', message: 'not now' },
      },
    ]);

    const failing = await test.queue.withDelay(worker).fail();
    await inState(failing, 'failed');
    expect(await reasons(failing)).toEqual([
      {
        kind: 'failed',
        since: expect.any(Date) as Date,
        error: { name: 'TypeError', message: 'no such thing' },
      },
    ]);

    const running = await call();
    await inState(running, 'started');
    expect(await reasons(running)).toEqual([
      { kind: 'running', node: test.runner.nodeId, since: expect.any(Date) as Date },
    ]);
    worker.gate.open();
    await inState(running, 'done');
    expect(await reasons(running)).toEqual([
      { kind: 'ended', state: 'done', since: expect.any(Date) as Date },
    ]);
  });

  it('names the parents, and the job that failed, however far up the graph', async () => {
    const failing = test.queue.delayable(worker).fail();
    const middle = test.queue.delayable(worker).wait();
    const last = test.queue.delayable(worker).wait();
    failing.onDone(middle);
    middle.onDone(last);
    await last.delay();
    const jobs = await test.queue.list({ limit: 10 });
    const failed = jobs.find(({ name }) => name === 'Worker.fail') as QueueJob;
    await inState(failed, 'failed');
    const uuids = new Map(jobs.map((job) => [job.seq, job.uuid]));
    const [, middleUuid, lastUuid] = [...uuids.keys()]
      .toSorted((a, b) => a - b)
      .map((seq) => uuids.get(seq) as string);
    const error = { name: 'TypeError', message: 'no such thing' };
    expect(await reasons({ uuid: lastUuid as string })).toEqual([
      {
        kind: 'parents',
        count: 1,
        parents: [{ uuid: middleUuid, state: 'wait_dependencies' }],
        failed: { uuid: failed.uuid, name: 'Worker.fail', error },
      },
    ]);
  });

  it('names the channel that is full or paused, the one that goes in order, and who is before it', async () => {
    const running = await call({ channel: 'narrow' });
    await inState(running, 'started');
    const [second, third] = [await call({ channel: 'narrow' }), await call({ channel: 'narrow.below' })];
    const full = { kind: 'full', channel: 'root.narrow', capacity: 1, running: 1 };
    expect(await test.queue.explain(second.uuid)).toMatchObject({
      reasons: [{ ...full, ahead: 0 }],
      position: 1,
    });
    expect(await test.queue.explain(third.uuid)).toMatchObject({
      reasons: [{ ...full, ahead: 1 }],
      position: 2,
    });

    const eta = await call({ channel: 'line', eta: '1 h' });
    const behind = await call({ channel: 'line' });
    expect(await reasons(behind)).toEqual([
      { kind: 'sequential', channel: 'root.line', behind: { uuid: eta.uuid, state: 'pending' } },
    ]);

    await test.channels.pause('root.quiet');
    const quiet = await call({ channel: 'root.quiet.deep' });
    expect(await reasons(quiet)).toEqual([{ kind: 'paused', channel: 'root.quiet', by: null, since: null }]);
    await test.queue.postpone(quiet.uuid, { seconds: 3600 });
    expect((await reasons(quiet)).map(({ kind }) => kind)).toEqual(['eta', 'paused']);
  });

  it('says until when a throttle and a rate hold', async () => {
    await test.channels.configure('root.api', { capacity: null, rate: { limit: 1, per: '1 h' } });
    const [first, second] = [await call({ channel: 'slow' }), await call({ channel: 'api' })];
    await inState(first, 'started');
    await inState(second, 'started');
    const [slow, api] = [await call({ channel: 'slow' }), await call({ channel: 'api' })];
    const inSeconds = (date: Date | null): number => ((date as Date).getTime() - Date.now()) / 1000;
    const [throttle] = await reasons(slow);
    expect(throttle).toMatchObject({ kind: 'throttle', channel: 'root.slow' });
    expect(inSeconds((throttle as { until: Date }).until)).toBeCloseTo(60, -2);
    const [rate] = await reasons(api);
    expect(rate).toMatchObject({ kind: 'rate', channel: 'root.api', limit: 1, per: 3600 });
    expect(inSeconds((rate as { until: Date }).until)).toBeGreaterThan(3_000);
    expect((await test.queue.explain(api.uuid)).startsIn).toBeGreaterThan(3_000);
  });

  it('says that no node knows the name, serves the channel or lives, and what is next when all are busy', async () => {
    await client.query(
      `INSERT INTO queue_job (uuid, name, description) VALUES ('00000000-0000-7000-8000-000000000001', 'Gone.away', 'gone')`,
    );
    expect(await reasons({ uuid: '00000000-0000-7000-8000-000000000001' })).toEqual([
      { kind: 'unknownName', name: 'Gone.away' },
    ]);
    await Promise.all(Array.from({ length: 10 }, async () => call()));
    await eventually(async () =>
      expect((await test.queue.list({ state: 'started', limit: 20 })).length).toBe(10),
    );
    const [next, after] = [await call(), await call()];
    expect(await reasons(next)).toEqual([{ kind: 'next' }]);
    expect(await reasons(after)).toEqual([{ kind: 'turn', ahead: 2 }]);
    await client.query(`UPDATE queue_job_node SET channels = '{root.mail}'`);
    expect(await reasons(next)).toEqual([{ kind: 'unserved', channel: 'root' }]);
    await client.query(`UPDATE queue_job_node SET command = 'drain'`);
    expect(await reasons(next)).toEqual([{ kind: 'noNode' }]);
    await client.query(`UPDATE queue_job_node SET command = NULL`);
    await expect(test.queue.explain('00000000-0000-7000-8000-00000000000f')).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });

  it('reads a bounded number of pages, however many wait, for one job and for a page of them', async () => {
    await test.channels.configure('root.many', { capacity: 3, paused: true });
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, channel)
       SELECT gen_random_uuid(), 'Worker.wait', 'wait', CASE WHEN i % 2 = 0 THEN 'root.many.big' ELSE 'root.many.t' || i % 200 END
       FROM generate_series(1, 200000) i`,
    );
    await client.query('VACUUM (ANALYZE) queue_job');
    const { rows } = await client.query<{ uuid: string }>(
      'SELECT uuid FROM queue_job ORDER BY seq DESC LIMIT 50',
    );
    const pages = async (uuids: readonly string[]): Promise<number> => {
      const plan = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT queue_job_explain_1($1::uuid[])::text',
        [uuids],
      );
      const { Plan } = plan.rows[0]?.['QUERY PLAN'][0] ?? { Plan: {} };
      return (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
    };
    await pages([rows[0]?.uuid as string]);
    const [one, fifty] = [await pages([rows[0]?.uuid as string]), await pages(rows.map(({ uuid }) => uuid))];
    // About one and a half times what it reads.
    expect(one).toBeLessThan(2_000);
    expect(fifty).toBeLessThan(17_000);
    const explained = await new JobExplainer(test.get(Store)).explainMany(rows.map(({ uuid }) => uuid));
    expect(explained.size).toBe(50);
    expect(explained.get(rows[0]?.uuid as string)).toMatchObject({
      reasons: [{ kind: 'paused', channel: 'root.many' }],
      position: 1_001,
    });
  });
});
