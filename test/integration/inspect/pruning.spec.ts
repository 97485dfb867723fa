import { jest } from '@jest/globals';
import type { Client } from 'pg';
import { JobPruner } from '../../../lib/runner/maintenance/job-pruner.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';
import { openTestStore } from '../../support/store.js';

const DAY = 24 * 60 * 60 * 1000;

describe('jobs that ended long ago', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close } = await openTestStore(database.url));
    await client.query(
      `INSERT INTO queue_job_channel (name, removal_interval) VALUES ('root.short', 60000), ('root.long', ${90 * DAY})`,
    );
  });

  afterEach(async () => {
    await close();
    await client.end();
    await database.drop();
  });

  const end = async (channel: string, ago: string, count = 1): Promise<void> => {
    await client.query(
      `INSERT INTO queue_job_history (uuid, seq, name, description, channel, state, date_done)
       SELECT gen_random_uuid(), g, 'A.b', 'A.b', $1, 'done', clock_timestamp() - $2::interval
       FROM generate_series(1, $3::int) g`,
      [channel, ago, count],
    );
  };
  const left = async (): Promise<Record<string, number>> => {
    const { rows } = await client.query<{ channel: string; count: number }>(
      'SELECT channel, count(*)::int AS count FROM queue_job_history GROUP BY channel ORDER BY channel',
    );
    return Object.fromEntries(rows.map(({ channel, count }) => [channel, count]));
  };
  const retention = (interval: number | null = 30 * DAY): JobPruner =>
    new JobPruner(
      store.history,
      store.batches,
      store.nodes,
      store.keys,
      store.channels,
      interval,
      (error) => {
        throw error;
      },
    );

  it('are removed when their channel keeps them no longer, and without a word of its own as the module says', async () => {
    for (const channel of ['root', 'root.unknown', 'root.short', 'root.long']) {
      await end(channel, '2 minutes');
      await end(channel, '31 days');
      await end(channel, '91 days');
    }
    await retention().run();
    expect(await left()).toEqual({ root: 1, 'root.unknown': 1, 'root.long': 2 });
    await retention(null).run();
    expect(await left()).toEqual({ root: 1, 'root.unknown': 1, 'root.long': 2 });
  });

  it('are removed to the last one where more of them ended at one moment than a step looks at', async () => {
    await client.query('BEGIN');
    await end('root', '40 days', 1_200);
    await client.query(`UPDATE queue_job_history SET date_done = now() - interval '40 days'`);
    await client.query('COMMIT');
    await end('root.long', '40 days', 1_200);
    await end('root', '39 days', 1_200);
    await retention().run();
    expect(await left()).toEqual({ 'root.long': 1_200 });
  });

  it('are looked at when their time is over, and not in each round until then', async () => {
    await end('root', '1 hour', 3_000);
    const rounds = retention();
    await rounds.run();
    await end('root.short', '61 seconds');
    const remove = jest.spyOn(store.history, 'prune');
    await rounds.run();
    // One step for each of the three times: nobody walked over the thousands that are kept for 30 days.
    expect(remove).toHaveBeenCalledTimes(3);
    expect(await left()).toEqual({ root: 3_000 });
  });

  it('are found in the end where they were committed behind others that were looked at before', async () => {
    await end('root.short', '2 minutes');
    const rounds = retention();
    await rounds.run();
    await end('root.short', '3 minutes');
    await rounds.run();
    expect(await left()).toEqual({ 'root.short': 1 });
    for (let round = 0; round < 60; round += 1) await rounds.run();
    expect(await left()).toEqual({});
  });
});
