import fc from 'fast-check';
import type { Client } from 'pg';
import { jsonArray, textArray } from '../../../lib/store/connection/array-literal.js';
import type { NewJob } from '../../../lib/store/insert/new-job.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { newJob } from '../../support/new-job.js';
import { connect } from '../../support/recorder-jobs.js';
import { openTestStore } from '../../support/store.js';

describe('an INSERT of jobs', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let closeStore: () => Promise<void>;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
  });

  afterAll(async () => {
    await closeStore();
    await client.end();
    await database.drop();
  });

  const rowsOf = async (jobs: readonly NewJob[]): Promise<Record<string, unknown>[]> =>
    (
      await client.query<Record<string, unknown>>(
        `SELECT * FROM queue_job WHERE uuid = ANY($1) ORDER BY seq`,
        [jobs.map(({ uuid }) => uuid)],
      )
    ).rows;

  it('answers with the numbers and the date that were stored, in the order of the calls', async () => {
    const jobs = Array.from({ length: 300 }, (_, at) => newJob({ args: `[${at}]` }));
    const { rows: answered } = await store.writer.insertAlone(jobs, null);
    const rows = await rowsOf(jobs);
    expect(rows.map(({ args }) => args)).toEqual(jobs.map((_, at) => [at]));
    expect(answered).toEqual(
      rows.map((row) => ({
        uuid: row['uuid'],
        seq: Number(row['seq']),
        dateCreated: row['date_created'],
        eta: null,
        dueIn: null,
      })),
    );
  });

  it('stores large arguments as they are, whatever is in them, with others that are alike and among others', async () => {
    const values = ['"', '\\', 'é', '€', '😀', '\u0001', '{},NULL', ''].map((one) => [
      one.repeat(10_000),
      one,
    ]);
    const jobs = values.map((value) => newJob({ args: JSON.stringify(value) }));
    expect(jsonArray(jobs.map(({ args }) => args))).toBeInstanceOf(Buffer);
    await store.writer.insertAlone(jobs, null);
    expect((await rowsOf(jobs)).map(({ args }) => args)).toEqual(values);
    const among = values.map((value, at) => newJob({ args: JSON.stringify(value), priority: at }));
    await store.writer.insertAlone(among, null);
    expect((await rowsOf(among)).map(({ args }) => args)).toEqual(values);
  });

  it('sends an array of large JSON as PostgreSQL reads it, with nulls in between', async () => {
    const values = [JSON.stringify('x€"'.repeat(5_000)), null, '[]', null];
    const { rows } = await client.query<{ same: boolean[] }>(
      'SELECT array_agg(a.value::text IS NOT DISTINCT FROM b.value ORDER BY a.at) AS same FROM unnest($1::json[]) WITH ORDINALITY a (value, at), unnest($2::text[]) WITH ORDINALITY b (value, at) WHERE a.at = b.at',
      [jsonArray(values), values],
    );
    expect(rows[0]?.same).toEqual([true, true, true, true]);
  });

  it('stores the same row by itself, with others that are alike, and among others', async () => {
    const [alone, alike, among] = [newJob(), newJob(), newJob()];
    await store.writer.insertAlone([alone], null);
    await store.writer.insertAlone([alike, newJob()], null);
    await store.writer.insertAlone([among, newJob({ priority: 1 })], null);
    const own = { uuid: null, seq: null, date_created: null };
    const [one, ...others] = (await rowsOf([alone, alike, among])).map((row) => ({ ...row, ...own }));
    expect(others).toEqual([one, one]);
    expect(one).toMatchObject({
      description: alone.description,
      args: JSON.parse(alone.args) as unknown,
      context: { tenant: 'a\\b' },
      user_id: alone.userId,
      identity_until_done: true,
    });
  });

  it.each([1, 2])('answers with what was stored, and tells the others, for %d', async (count) => {
    const jobs = Array.from({ length: count }, () => newJob());
    const { rows: answered, notified: told } = await store.writer.insertAlone(jobs, 'notice');
    const rows = await rowsOf(jobs);
    expect(told).toBe(true);
    expect(answered.map(({ seq, dateCreated }) => [seq, dateCreated])).toEqual(
      rows.map((row) => [Number(row['seq']), row['date_created']]),
    );
    expect((await store.writer.insertAlone([newJob()], null)).notified).toBe(false);
  });

  it.each<Partial<NewJob>>([
    { etaIn: 60 },
    { etaAt: new Date('2100-01-01T00:00:00Z') },
    { waits: true },
    { identityKey: 'a key' },
  ])('holds back what shares %p', async (held) => {
    const key = held.identityKey === undefined ? null : 'another key';
    const jobs = [newJob(held), newJob({ ...held, identityKey: key })];
    await store.writer.insertAlone(jobs, null);
    const phases = (await rowsOf(jobs)).map((row) => [row['phase'], row['identity_lock']]);
    const phase = held.waits === true ? 0 : held.identityKey === undefined ? 1 : 2;
    expect(phases).toEqual(jobs.map(({ identityKey }) => [phase, identityKey]));
  });

  it('takes every text that PostgreSQL can store, and none', async () => {
    const text = fc
      .oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('NULL', 'null', '{', '\\', '"'),
      )
      .filter((one) => !one.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
        const { rows } = await client.query<{ back: unknown }>('SELECT $1::text[] AS back', [
          textArray(texts),
        ]);
        expect(rows[0]?.back).toEqual(texts);
      }),
      { numRuns: 300 },
    );
  });
});
