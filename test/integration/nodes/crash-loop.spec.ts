import type { Client } from 'pg';
import { startApplication, type TestApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf, insertJobs, type RecorderJob } from '../../support/recorder-jobs.js';

/** A job that kills its process, again and again, among jobs that have done nothing. */
describe('a crash loop', () => {
  let database: TestDatabase;
  let client: Client;
  let queue: TestApplication;
  const state = { over: false };
  let looping: Promise<void>;
  let deaths: number;
  let node: ClusterNode | undefined;

  const loop = (concurrency: number): void => {
    looping = (async () => {
      while (!state.over) {
        // One that dies before it has reported that it is ready is one more death.
        node = await ClusterNode.start(database.url, { runner: { concurrency } }).catch(() => undefined);
        const process = node?.process;
        if (process?.exitCode === null && process.signalCode === null)
          await new Promise((resolve) => process.once('exit', resolve));
        deaths += 1;
      }
    })();
  };

  beforeEach(async () => {
    state.over = false;
    deaths = 0;
    database = await createTestDatabase();
    client = await connect(database.url);
    await client.query('CREATE TABLE began (at timestamptz DEFAULT clock_timestamp(), what text)');
    queue = await startApplication({ url: database.url, providers: [], options: { runner: false } });
  });

  afterEach(async () => {
    state.over = true;
    await node?.kill();
    await looping;
    await queue.close();
    await client.end();
    await database.drop();
  });

  const notes = (kind: string, from: number, count: number): RecorderJob[] =>
    Array.from({ length: count }, (_, at) => ({
      method: 'note',
      args: [`${kind}${from + at}`],
      maxRetries: at % 2 === 0 ? 1 : 3,
    }));

  const began = async (what: string): Promise<number> =>
    countOf(client, 'SELECT count(*) FROM began WHERE what = $1', [what]);

  it.each([
    { how: 'after a moment', concurrency: 1, ms: 15 },
    { how: 'at once', concurrency: 1, ms: 0 },
  ])(
    'by a job that kills its process $how takes no attempt of a job that never began',
    async ({ concurrency, ms }) => {
      // So many short jobs first that those behind the poison have been prefetched when it runs.
      await insertJobs(client, [
        ...notes('warm', 0, 200),
        { method: 'poison', args: ['poison', ms], maxRetries: 3 },
        ...notes('innocent', 0, 40),
      ]);
      loop(concurrency);
      await eventually(async () => expect(await began('poison')).toBeGreaterThan(0), 30_000);
      await eventually(
        async () =>
          expect(
            await countOf(client, `SELECT count(*) FROM queue_job WHERE args::text LIKE '%innocent%'`),
          ).toBe(0),
        40_000,
      );
      const failed = await client.query(`SELECT args, exc_message FROM queue_job WHERE state = 'failed' AND name LIKE '%note'`); // prettier-ignore
      expect(failed.rows).toEqual([]);
      const innocents = `FROM queue_job_history WHERE args::text LIKE '%innocent%'`;
      expect(await countOf(client, `SELECT count(*) ${innocents} AND state = 'done' AND retry = 1`)).toBe(40);
      // Each ran once: its attempts before had not begun.
      expect(await countOf(client, `SELECT count(*) FROM began WHERE what LIKE 'innocent%'`)).toBe(40);
    },
    90_000,
  );

  it('ends when the job that kills its process has used up its attempts, with a pause between', async () => {
    const [poison] = await insertJobs(client, [{ method: 'poison', args: ['poison', 0], maxRetries: 2 }]);
    loop(4);
    await eventually(
      async () => expect((await queue.queue.find(poison as string))?.state).toBe('failed'),
      60_000,
    );
    // The first death leaves open whether it had begun, unless its start was written meanwhile, as for a job that takes
    // long on a busy machine: that attempt is not counted.
    const attempts = await queue.queue.attempts(poison as string);
    const uncounted = attempts.filter(({ excMessage }) => excMessage?.includes('not counted'));
    expect(uncounted.length).toBeLessThanOrEqual(1);
    expect(attempts.map(({ retry, excName }) => ({ retry, excName }))).toEqual(
      [...uncounted.map(() => 1), 1, 2].map((retry) => ({ retry, excName: 'JobFoundDeadError' })),
    );
    expect(await began('poison')).toBe(attempts.length);
    const { rows } = await client.query<{ pause: number }>(
      `SELECT extract(epoch FROM max(at) - min(at))::float8 AS pause FROM began`,
    );
    expect(rows[0]?.pause).toBeGreaterThan(5);
  }, 90_000);

  it('fails a job at its only attempt that had begun, and does not run it again', async () => {
    const [poison] = await insertJobs(client, [{ method: 'poison', args: ['only', 0], maxRetries: 1 }]);
    loop(2);
    await eventually(
      async () => expect((await queue.queue.find(poison as string))?.state).toBe('failed'),
      30_000,
    );
    expect(deaths).toBe(1);
    expect(await began('only')).toBe(1);
  }, 60_000);
});
