import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Job } from '../../../lib/index.js';
import type { RoundTrip, RoundTripReply } from '../../../lib/store/claims/claim-store.js';
import { Store } from '../../../lib/store/store.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** Enough that claims notice the entries of those that have ended. */
const MANY = 30_000;

@Injectable()
class Worker {
  readonly ran: number[] = [];

  @Job()
  async run(at: number): Promise<void> {
    this.ran.push(at);
  }
}

describe('while a transaction elsewhere holds an old snapshot', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let client: Client;
  let reader: Client;
  const cycles: { cycle: RoundTrip; answer: RoundTripReply }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    reader = await connect(database.url);
    test = await startApplication({
      url: database.url,
      providers: [Worker],
      options: { runner: { concurrency: 500 } },
    });
    const { claims } = test.get(Store);
    const real = claims.roundTrip.bind(claims);
    jest.spyOn(claims, 'roundTrip').mockImplementation(async (cycle) => {
      const answer = await real(cycle);
      cycles.push({ cycle, answer });
      return answer;
    });
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM queue_job');
  });

  afterAll(async () => {
    await reader.end();
    await client.end();
    await test.close();
    await database.drop();
  });

  const insert = async (count: number, first: number, priority = 10): Promise<void> => {
    await client.query(
      `INSERT INTO queue_job (uuid, name, channel, priority, args, description)
       SELECT gen_random_uuid(), 'Worker.run', 'root', $3, json_build_array($2::int + g), 'x' FROM generate_series(1, $1::int) g`,
      [count, first, priority],
    );
    await client.query(`SELECT pg_notify('public.queue_job', 'x {"ready":true}')`);
  };
  const ended = async (count: number): Promise<void> =>
    eventually(async () => {
      expect(await countOf(client, 'SELECT count(*) FROM queue_job')).toBe(0);
      expect(test.get(Worker).ran.length).toBe(count);
    }, 30_000);

  it('claims begin behind the jobs that have ended, and all jobs run, once each', async () => {
    await insert(MANY, 0);
    await ended(MANY);
    for (let at = 0; at < 10; at += 1) {
      await insert(1_000, MANY + at * 1_000);
      await ended(MANY + (at + 1) * 1_000);
    }
    expect(new Set(test.get(Worker).ran).size).toBe(MANY + 10_000);
    const marked = cycles.filter(({ cycle }) => cycle.marks.length > 0);
    expect(marked.length).toBeGreaterThan(0);
    // What those read in vain that began at the front, and those that didn't.
    const walked = (one: (typeof cycles)[number]): number => one.answer.info.walked ?? 0;
    expect(Math.max(...cycles.map(walked))).toBeGreaterThan(MANY);
    expect(marked.slice(-20).every((one) => walked(one) < MANY)).toBe(true);
  }, 60_000);

  it('a job of a more urgent priority is taken first, as ever', async () => {
    test.get(Worker).ran.length = 0;
    await client.query('BEGIN');
    await insert(5, 100, 10);
    await insert(5, 200, 1);
    await insert(5, 300, 20);
    await client.query('COMMIT');
    await ended(15);
    const { ran } = test.get(Worker);
    expect(ran.map((at) => Math.floor(at / 100))).toEqual([...Array(5).fill(2), ...Array(5).fill(1), ...Array(5).fill(3)]); // prettier-ignore
  }, 40_000);

  it('a job that comes back with a low number is found by the next look at everything', async () => {
    test.get(Worker).ran.length = 0;
    await client.query(
      `INSERT INTO queue_job (uuid, seq, name, channel, args, description) VALUES (gen_random_uuid(), 1, 'Worker.run', 'root', '[1]', 'x')`,
    );
    await ended(1);
  }, 40_000);

  it('the marks go when the snapshot has gone and the table was cleared', async () => {
    await reader.query('COMMIT');
    await client.query('VACUUM queue_job');
    await eventually(async () => {
      cycles.length = 0;
      await test.queue.finished(await test.queue.withDelay(Worker).run(0), { timeout: 5_000 });
      expect(cycles.every(({ cycle }) => cycle.marks.length === 0)).toBe(true);
    }, 40_000);
  }, 60_000);
});
