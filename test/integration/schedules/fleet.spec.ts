import { Injectable } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { Client } from 'pg';
import { CronJob } from '../../../lib/index.js';
import { ScheduleStore } from '../../../lib/store/schedules/schedule-store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect } from '../../support/recorder-jobs.js';

const NODES = 8;

@Injectable()
class Reports {
  @CronJob({ every: '1 s' }, { name: 'each second', catchUp: 'all' })
  async eachSecond(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the tick of a schedule', () => {
  let database: TestDatabase;
  let client: Client;
  let nodes: TestApplication[] = [];
  const start = async (schedules = true): Promise<TestApplication> =>
    startApplication({ url: database.url, providers: [Reports], options: { schedules } });

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await client.end();
    await database.drop();
  });

  /** The ticks that were stored, in seconds. */
  const ticks = async (): Promise<number[]> => {
    const { rows } = await client.query<{ tick: number }>(
      `SELECT extract(epoch FROM scheduled_at)::integer AS tick FROM (
         SELECT scheduled_at FROM queue_job UNION ALL SELECT scheduled_at FROM queue_job_history) j ORDER BY 1`,
    );
    return rows.map(({ tick }) => tick);
  };
  const ticksOn = async (more: number): Promise<void> => {
    const before = (await ticks()).length;
    await eventually(
      async () => expect((await ticks()).length).toBeGreaterThanOrEqual(before + more),
      30_000,
    );
  };
  const looksATick = async (): Promise<number> => {
    const looks = jest.spyOn(ScheduleStore.prototype, 'due');
    const before = (await ticks()).length;
    await ticksOn(6);
    const count = looks.mock.calls.length;
    looks.mockRestore();
    return count / ((await ticks()).length - before);
  };

  it('is looked for by the first nodes of a fleet alone, and by others once these are gone', async () => {
    // These come first, and serve no schedules.
    nodes = [await start(false), await start(false), await start(false)];
    for (let at = 0; at < NODES; at += 1) nodes.push(await start());
    await ticksOn(2);
    expect(await looksATick()).toBeLessThan(NODES / 2);
    const first = nodes.splice(3, 3);
    await Promise.all(first.map(async (node) => node.close()));
    await ticksOn(2);
    expect(await looksATick()).toBeLessThan(NODES / 2);
    const found = await ticks();
    expect(found).toEqual(Array.from({ length: found.length }, (_, at) => (found[0] ?? 0) + at));
    const { rows } = await client.query<{ late: number }>(
      `SELECT min(extract(epoch FROM date_created - scheduled_at))::float8 AS late FROM queue_job_history`,
    );
    expect(rows[0]?.late).toBeLessThan(0.25);
  }, 120_000);
});
