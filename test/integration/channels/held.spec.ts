import { Injectable } from '@nestjs/common';
import {
  currentJob,
  InvalidJobOptionError,
  Job,
  type QueueJob,
  RetryableJobError,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Partner {
  readonly starts: string[] = [];

  @Job()
  async push(what: string): Promise<void> {
    this.starts.push(what);
    return Promise.resolve();
  }

  @Job({ maxRetries: 1 })
  async refused(seconds: number): Promise<void> {
    this.starts.push('refused');
    const given = currentJob().job.uuid;
    return Promise.reject(
      new RetryableJobError(`429 ${given}`, { seconds, holdChannel: true, ignoreRetry: true }),
    );
  }

  @Job()
  async slowDown(time: number | string): Promise<void> {
    await currentJob().holdChannel(time);
    this.starts.push('held');
  }

  @Job()
  async slowDownTwice(): Promise<void> {
    await currentJob().holdChannel('1 min');
    await currentJob().holdChannel('1 s');
    this.starts.push('held');
  }
}

describe('a channel that a job holds', () => {
  let database: TestDatabase;
  let nodes: TestApplication[];
  const first = (): TestApplication => nodes[0] as TestApplication;
  const starts = (): string[] => nodes.flatMap((node) => node.get(Partner).starts);
  const delay = (channel: string) => first().queue.withDelay(first().get(Partner), { channel });
  const reasons = async ({ uuid }: QueueJob) => (await first().queue.explain(uuid)).reasons;

  beforeEach(async () => {
    database = await createTestDatabase();
    nodes = await Promise.all(
      [1, 2].map(async () =>
        startApplication({
          url: database.url,
          providers: [Partner],
          options: { channels: 'api:100:rate=1000/1' },
          logger: false,
        }),
      ),
    );
  });

  afterEach(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await database.drop();
  });

  it.each(['root.api', 'root.plain'])('starts nothing before that on any node: %s', async (channel) => {
    const refused = await delay(channel).refused(60);
    await eventually(async () => expect((await reasons(refused))[0]?.kind).toBe('retry'));
    const held = await Promise.all([delay(channel).push('own'), delay(`${channel}.below`).push('below')]);
    await Promise.all(Array.from({ length: 20 }, async () => delay('root.other').push('other')));
    await eventually(() => expect(starts().filter((what) => what === 'other').length).toBe(20));
    expect(starts().filter((what) => what === 'own' || what === 'below')).toEqual([]);
    for (const job of held)
      expect(await reasons(job)).toEqual([
        { kind: 'held', channel, until: expect.any(Date) as Date, by: refused.uuid },
      ]);
    const { heldUntil, heldBy } = await first().channels.get(channel);
    expect(heldBy).toBe(refused.uuid);
    expect(((heldUntil as Date).getTime() - Date.now()) / 1000).toBeGreaterThan(30);
    // A change of the channel takes nothing from it.
    await first().channels.configure(channel, { capacity: 50 });
    expect((await first().channels.get(channel)).heldUntil).toEqual(heldUntil);
  });

  it('goes on after that, by the time that the job gave', async () => {
    await delay('root.plain').slowDown('1 s');
    await eventually(() => expect(starts()).toContain('held'));
    const { heldUntil } = await first().channels.get('root.plain');
    await delay('root.plain').push('after');
    await eventually(() => expect(starts()).toContain('after'));
    const [after] = await first().queue.list({ name: 'Partner.push', limit: 1 });
    await eventually(async () => expect((await first().queue.find(after?.uuid ?? ''))?.state).toBe('done'));
    const done = await first().queue.find(after?.uuid ?? '');
    expect(done?.dateStarted?.getTime()).toBeGreaterThanOrEqual((heldUntil as Date).getTime() - 5);
  });

  it('is held as long as the longest of them says', async () => {
    await delay('root.plain').slowDownTwice();
    await eventually(() => expect(starts()).toContain('held'));
    const rows = (await first().dataSource.query(
      `SELECT next_start = held_until AS same, held_until > clock_timestamp() + interval '30 s' AS long
       FROM queue_job_channel WHERE name = 'root.plain'`,
    )) as unknown[];
    expect(rows).toEqual([{ same: true, long: true }]);
  });

  it('refuses what is no time', async () => {
    for (const time of [-1, NaN, 'soon', null, {}]) {
      const job = await delay('root.plain').slowDown(time as never);
      await eventually(async () => expect((await first().queue.find(job.uuid))?.state).toBe('failed'));
      expect((await first().queue.find(job.uuid))?.excName).toBe('InvalidJobOptionError');
    }
    expect(() => new RetryableJobError('429', { holdChannel: 'yes' as never })).toThrow(
      InvalidJobOptionError,
    );
    expect((await first().channels.get('root.plain')).heldUntil).toBeNull();
  });
});
