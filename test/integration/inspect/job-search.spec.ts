import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { QueueDatabase } from '../../../lib/store/connection/database.js';
import type { JobFilter } from '../../../lib/store/jobs/job-filter.js';
import { JobSearch } from '../../../lib/store/jobs/job-search.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openTestStore } from '../../support/store.js';

const BATCH = '01980000-0000-7000-8000-0000000000ba';

describe('A search in a long history', () => {
  let database: TestDatabase;
  let opened: Awaited<ReturnType<typeof openTestStore>>;
  let own: QueueDatabase;
  let search: JobSearch;

  beforeAll(async () => {
    database = await createTestDatabase();
    opened = await openTestStore(database.url);
    own = new QueueDatabase(opened.store.dataSource);
    search = new JobSearch(own, opened.store.tables);
    // Ten times what the first step looks at; every 5,000th is cancelled, and a member of a batch.
    await own.query(
      `INSERT INTO queue_job_history (uuid, name, description, seq, state, batch_uuid)
       SELECT ('0198' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5(i::text), 1, 12))::uuid, 'Shop.sell', 'x', i,
         CASE WHEN i % 5000 = 0 THEN 'cancelled' ELSE 'done' END, CASE WHEN i % 5000 = 0 THEN $1::uuid END
       FROM generate_series(1, 20000) i`,
      [BATCH],
    );
    await own.query(
      `INSERT INTO queue_job (uuid, name, description, state, phase)
       SELECT ('0199' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5(i::text), 1, 12))::uuid, 'Shop.sell', 'x',
         CASE WHEN i = 1 THEN 'wait_dependencies' ELSE 'pending' END, CASE WHEN i = 1 THEN 0 ELSE 2 END
       FROM generate_series(1, 10000) i`,
    );
    await own.query('ANALYZE queue_job_history');
    await own.query('ANALYZE queue_job');
  });

  afterAll(async () => {
    await own.close();
    await opened.close();
    await database.drop();
  });

  const cases: [string, JobFilter, number][] = [
    ['cancelled jobs', { state: 'cancelled' }, 4],
    ['blocked jobs', { state: 'wait_dependencies' }, 1],
    ['members of a batch', { batchUuid: BATCH }, 4],
    ['cancelled members of a batch', { batchUuid: BATCH, state: 'cancelled' }, 4],
  ];
  it.each(cases)('finds the few %s in one step, whatever stands between them', async (_, filter, count) => {
    const asked = jest.spyOn(own, 'query');
    const found = await search.summaries(filter, { limit: 50 });
    expect(found).toMatchObject({ next: null, searchedTo: null });
    expect(found.rows).toHaveLength(count);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(await search.count(filter, { limit: 100, budget: 10_000 })).toEqual({ count, isWhole: true });
    expect(asked).toHaveBeenCalledTimes(4);
    asked.mockRestore();
  });

  it('goes on step by step where no index tells the jobs apart', async () => {
    const asked = jest.spyOn(own, 'query');
    expect(await search.count({ userId: 'nobody' }, { limit: 100, budget: 60_000 })).toEqual({
      count: 0,
      isWhole: true,
    });
    expect(asked.mock.calls.length).toBeGreaterThan(4);
    asked.mockRestore();
  });
});
