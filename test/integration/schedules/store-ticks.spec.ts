import { v7 } from 'uuid';
import type { Client } from 'pg';
import type { StoredDefinition } from '../../../lib/store/schedules/schedule-definition.js';
import type { ScheduleRow, TickJob, TickMove } from '../../../lib/store/schedules/schedule-rows.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, countOf } from '../../support/recorder-jobs.js';
import { openTestStore } from '../../support/store.js';

const DEFINITION: StoredDefinition = {
  cron: '* * * * *',
  every: null,
  timeZone: 'UTC',
  startAt: null,
  endAt: null,
  maxTicks: null,
  noOverlap: false,
  catchUp: 'none',
  jitter: 0,
  channel: null,
  priority: 10,
  maxRetries: 5,
  call: {
    args: '[]',
    context: null,
    description: 'Reports.send',
    identityKey: null,
    identityUntilDone: false,
    tags: null,
    startBeforeIn: null,
    userId: null,
    draft: v7(),
    defaultChannel: 'root',
  },
};

const NOON = Date.parse('2026-03-01T12:00:00Z');
const minute = (at: number): number => NOON + at * 60_000;
const iso = (instant: number): string => new Date(instant).toISOString();

describe('storing the ticks of schedules', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close } = await openTestStore(database.url));
    for (const name of ['one', 'two'])
      await store.schedules.insert({
        name,
        source: 'data',
        jobName: 'Reports.send',
        definition: DEFINITION,
        nextTick: NOON,
      });
  });

  afterEach(async () => {
    await close();
    await client.end();
    await database.drop();
  });

  const move = (name: string, changed: Partial<TickMove> = {}): TickMove => ({
    name,
    version: 1,
    tick: iso(NOON),
    next: iso(minute(1)),
    missed: 0,
    noOverlap: false,
    maxTicks: null,
    ...changed,
  });
  const job = (schedule: string, at = 0, changed: Partial<TickJob> = {}): TickJob => ({
    uuid: v7(),
    schedule,
    tick: iso(minute(at)),
    delay: 0,
    name: 'Reports.send',
    channel: 'root',
    priority: 10,
    maxRetries: 5,
    args: '[]',
    description: 'Reports.send',
    identityKey: null,
    identityUntilDone: false,
    tags: null,
    startBeforeIn: null,
    userId: null,
    context: null,
    ...changed,
  });
  const jobs = (): Promise<number> => countOf(client, 'SELECT count(*) FROM queue_job');
  const read = async (name: string): Promise<ScheduleRow> =>
    (await store.schedules.read([name])).rows.get(name) as ScheduleRow;

  it('stores a tick once, though twenty nodes bring it at one moment', async () => {
    const other = await openTestStore(database.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, at) =>
        (at % 2 === 0 ? store : other.store).schedules.storeTicks([move('one')], [job('one')]),
      ),
    );
    await other.close();
    expect(answers.flat()).toEqual([{ name: 'one', stored: 1, skipped: 0 }]);
    expect(await jobs()).toBe(1);
    expect(await read('one')).toMatchObject({ nextTick: minute(1), lastTick: NOON, ticks: 1 });
  });

  it('stores nothing for a schedule that has moved on, or was changed since its tick was worked out', async () => {
    await store.schedules.storeTicks([move('one')], [job('one')]);
    expect(await store.schedules.storeTicks([move('one')], [job('one')])).toEqual([]);
    const before = await read('two');
    expect(await store.schedules.change(before, { override: { priority: 1 } })).toBe(true);
    expect(await store.schedules.storeTicks([move('two')], [job('two')])).toEqual([]);
    expect(await store.schedules.change(before, { override: { priority: 2 } })).toBe(false);
    expect(await jobs()).toBe(1);
  });

  it('leaves a schedule that somebody has locked, and stores the others', async () => {
    await client.query(`BEGIN; SELECT 1 FROM queue_job_schedule WHERE name = 'one' FOR UPDATE`);
    const stored = await store.schedules.storeTicks([move('one'), move('two')], [job('one'), job('two')]);
    expect(stored).toEqual([{ name: 'two', stored: 1, skipped: 0 }]);
    await client.query('COMMIT');
    expect(await store.schedules.storeTicks([move('one')], [job('one')])).toHaveLength(1);
  });

  it('skips ticks with noOverlap while a job of the schedule waits or runs, and not after it failed', async () => {
    const alone = { noOverlap: true };
    const [first] = await store.schedules.storeTicks([move('one', alone)], [job('one'), job('one', 0.5)]);
    expect(first).toEqual({ name: 'one', stored: 1, skipped: 1 });
    const next = { ...alone, tick: iso(minute(1)), next: iso(minute(2)) };
    expect(await store.schedules.storeTicks([move('one', next)], [job('one', 1)])).toEqual([
      { name: 'one', stored: 0, skipped: 1 },
    ]);
    expect(await read('one')).toMatchObject({ nextTick: minute(2), lastTick: NOON, ticks: 1 });
    await client.query(`UPDATE queue_job SET state = 'failed', phase = 4`);
    const last = { ...alone, tick: iso(minute(2)), next: iso(minute(3)) };
    expect(await store.schedules.storeTicks([move('one', last)], [job('one', 2)])).toEqual([
      { name: 'one', stored: 1, skipped: 0 },
    ]);
  });

  it('keeps the order of ticks, and tells each of the one before', async () => {
    const all = [2, 0, 1].map((at) => job('one', at));
    await store.schedules.storeTicks([move('one', { next: iso(minute(3)) })], all);
    const { rows } = await client.query<{ tick: { scheduledAt: string; previous: string | null } }>(
      'SELECT tick FROM queue_job ORDER BY seq',
    );
    const instants = rows.map(({ tick }) => [
      Date.parse(tick.scheduledAt),
      tick.previous === null ? null : Date.parse(tick.previous),
    ]);
    expect(instants).toEqual([
      [NOON, null],
      [minute(1), NOON],
      [minute(2), minute(1)],
    ]);
  });

  it('counts a tick whose key another job has as stored, and ends after the last that there may be', async () => {
    const keyed = { identityKey: 'report' };
    await store.schedules.storeTicks([move('one', { maxTicks: 2 })], [job('one', 0, keyed)]);
    const next = { maxTicks: 2, tick: iso(minute(1)), next: iso(minute(2)) };
    expect(await store.schedules.storeTicks([move('one', next)], [job('one', 1, keyed)])).toEqual([
      { name: 'one', stored: 1, skipped: 0 },
    ]);
    expect(await jobs()).toBe(1);
    expect(await read('one')).toMatchObject({ nextTick: null, ticks: 2, lastTick: minute(1) });
  });

  it('takes a tick that has its job already as stored, and stores the others', async () => {
    await store.schedules.storeTicks([move('one')], [job('one')]);
    // As where the clock was set back, and somebody removed the schedule and made it again.
    await client.query(`UPDATE queue_job_schedule SET next_tick = $1, ticks = 0, last_tick = NULL`, [
      iso(NOON),
    ]);
    const answer = await store.schedules.storeTicks([move('one'), move('two')], [job('one'), job('two')]);
    expect(answer).toHaveLength(2);
    expect(await jobs()).toBe(2);
    expect(await read('one')).toMatchObject({ nextTick: minute(1), ticks: 1 });
  });

  it('stores the tick of a schedule whose next one somebody wrote with microseconds', async () => {
    await client.query(
      `UPDATE queue_job_schedule SET next_tick = next_tick + interval '123456 microseconds'`,
    );
    const { nextTick } = await read('one');
    const tick = iso(Math.floor(nextTick ?? 0));
    expect(await store.schedules.storeTicks([move('one', { tick })], [job('one')])).toHaveLength(1);
    const before = await read('two');
    expect(await store.schedules.change(before, { override: { priority: 1 } })).toBe(true);
  });
});
