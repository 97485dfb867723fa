import fc from 'fast-check';
import type { Client } from 'pg';
import { v7 } from 'uuid';
import { type ChannelConfig, unlimitedChannel } from '../../../lib/channel/channel-config.js';
import { holdsOf, isWithin, type Moment, pickByCapacity } from '../../support/pick-by-capacity.js';
import { JobExplainer } from '../../../lib/inspect/explain/job-explainer.js';
import type { LowWaterMark } from '../../../lib/store/claims/claim-store.js';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { modelRuns } from '../../support/model-runs.js';
import { connect } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

const CHANNELS = ['root', 'root.a', 'root.a.x', 'root.a.y', 'root.b', 'root.b.z', 'root.c'];

/** More channels than a claim of a few jobs has to look into. */
const TENANTS = Array.from({ length: 12 }, (_, at) => `root.a.t${at}`);
const MANY = [...CHANNELS, ...TENANTS];

type ModelJob = Situation['jobs'][number] & { readonly seq: number };

interface StartCounts {
  readonly recent: number;
  readonly open: number;
  readonly past: number;
}

interface Situation {
  readonly channels: readonly ChannelConfig[];
  readonly throttledUntil: readonly string[];
  /** For channels with a rate: what has started, and what of it is no longer within the stretch of time. */
  readonly starts: Readonly<Record<string, StartCounts>>;
  readonly jobs: readonly {
    readonly channel: string;
    readonly priority: number;
    /** `unknown`: ready, but no method of the node has that name. */
    readonly is: 'ready' | 'waiting' | 'failed' | 'running' | 'unknown';
  }[];
  readonly slots: number;
  /** The channels that the node serves; all of them if it is left out. */
  readonly only?: readonly string[];
}

const limits: fc.Arbitrary<Partial<ChannelConfig>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ capacity: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ capacity: 1, sequential: true }) },
  { weight: 1, arbitrary: fc.constant({ paused: true }) },
  {
    weight: 2,
    arbitrary: fc.record({
      rate: fc.record({ limit: fc.integer({ min: 1, max: 6 }), per: fc.constant(600) }),
      capacity: fc.constantFrom(null, null, 2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ throttle: fc.constant(60), capacity: fc.constantFrom(null, 2) }) },
);

const startsOf = (channels: readonly string[]): fc.Arbitrary<Record<string, StartCounts>> =>
  fc.dictionary(
    fc.constantFrom(...channels),
    fc.record({ recent: fc.nat(3), open: fc.nat(2), past: fc.nat(5) }),
  );

const situations: fc.Arbitrary<Situation> = fc.record({
  channels: fc
    .tuple(...CHANNELS.map(() => limits))
    .map((all) => all.map((one, at) => ({ ...unlimitedChannel(CHANNELS[at] as string), ...one }))),
  throttledUntil: fc.subarray(CHANNELS),
  starts: startsOf(CHANNELS),
  jobs: fc.array(
    fc.record({
      channel: fc.constantFrom(...CHANNELS),
      priority: fc.nat(2),
      is: fc.constantFrom('ready', 'ready', 'ready', 'ready', 'ready', 'running', 'waiting', 'failed'),
    }),
    { maxLength: 40 },
  ),
  slots: fc.integer({ min: 1, max: 12 }),
});

const manyChannels: fc.Arbitrary<Situation> = fc.record(
  {
    channels: fc
      .tuple(...MANY.map(() => limits))
      .map((all) => all.map((one, at) => ({ ...unlimitedChannel(MANY[at] as string), ...one }))),
    throttledUntil: fc.subarray(MANY),
    starts: startsOf(MANY),
    jobs: fc.array(
      fc.record({
        channel: fc.constantFrom(...MANY, ...TENANTS),
        priority: fc.nat(2),
        is: fc.constantFrom('ready', 'ready', 'ready', 'ready', 'ready', 'running', 'waiting', 'unknown'),
      }),
      { maxLength: 60 },
    ),
    slots: fc.integer({ min: 1, max: 6 }),
    only: fc.subarray(['root.a', 'root.b', 'root.a.t1', 'root.c'], { minLength: 1 }),
  },
  { requiredKeys: ['channels', 'throttledUntil', 'starts', 'jobs', 'slots'] },
);

const turnless = modelRuns(250);
const fairRuns = modelRuns(200);

describe('a claim, beside the model that looks at everything again for each job', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let closeStore: () => Promise<void>;
  let node: PlayedNode;
  let other: PlayedNode;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close: closeStore } = await openTestStore(database.url));
    await store.channels.ensure(MANY);
    node = await PlayedNode.register(store);
    other = await PlayedNode.register(store);
  });

  afterAll(async () => {
    await closeStore();
    await client.end();
    // The model plays its nodes, and leaves jobs at them.
    await database.drop({ orphans: true });
  });

  /** Puts the database into a situation. */
  async function arrange({ channels: given, throttledUntil, starts, jobs }: Situation): Promise<void> {
    const named = new Set(given.map(({ name }) => name));
    const channels = [...given, ...MANY.filter((name) => !named.has(name)).map(unlimitedChannel)];
    await client.query(
      'TRUNCATE queue_job, queue_job_permit, queue_job_start, queue_job_claim RESTART IDENTITY',
    );
    await client.query(
      `UPDATE queue_job_channel c SET capacity = g.capacity, sequential = g.sequential, paused = g.paused, fair = g.fair,
         throttle = g.throttle, rate_limit = g.rate_limit, rate_per = g.rate_per, next_start = CASE WHEN g.until THEN clock_timestamp() + interval '1 hour' END, served = 0
       FROM unnest($1::text[], $2::int[], $3::bool[], $4::bool[], $5::float8[], $6::bool[], $7::bool[], $8::int[], $9::float8[])
         g (name, capacity, sequential, paused, throttle, until, fair, rate_limit, rate_per) WHERE c.name = g.name`,
      [
        channels.map(({ name }) => name),
        channels.map(({ capacity }) => capacity),
        channels.map(({ sequential }) => sequential),
        channels.map(({ paused }) => paused),
        channels.map(({ throttle }) => throttle),
        channels.map(({ name, throttle }) => throttle !== null && throttledUntil.includes(name)),
        channels.map(({ fair }) => fair),
        channels.map(({ rate }) => rate?.limit ?? null),
        channels.map(({ rate }) => rate?.per ?? null),
      ],
    );
    // What is open is another node's, and of the starts half are those of nodes that are gone.
    await client.query(
      `INSERT INTO queue_job_start (channel, node, open, times, counts)
       SELECT s.channel, n.node, CASE WHEN n.node > 0 THEN s.open ELSE 0 END,
         ARRAY[clock_timestamp() - interval '11 min', clock_timestamp() - interval '5 min'],
         CASE WHEN n.node > 0 THEN ARRAY[s.past, s.recent / 2] ELSE ARRAY[0, s.recent - s.recent / 2] END
       FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) s (channel, recent, open, past), (VALUES (0), ($5::int)) n (node)`,
      [
        Object.keys(starts),
        Object.values(starts).map(({ recent }) => recent),
        Object.values(starts).map(({ open }) => open),
        Object.values(starts).map(({ past }) => past),
        other.id,
      ],
    );
    await client.query('SELECT queue_job_update_limiting_channels_1()');
    const uuids = jobs.map(() => v7());
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, channel, priority, phase, state, eta, node, retry)
       SELECT j.uuid, CASE j.what WHEN 'unknown' THEN 'Other.noop' ELSE 'Recorder.noop' END, 'noop', j.channel, j.priority,
         CASE j.what WHEN 'waiting' THEN 1 WHEN 'failed' THEN 4 ELSE 2 END,
         CASE j.what WHEN 'running' THEN 'started' WHEN 'failed' THEN 'failed' ELSE 'pending' END,
         CASE j.what WHEN 'waiting' THEN clock_timestamp() + interval '1 hour' END,
         CASE j.what WHEN 'running' THEN $5::int END, CASE j.what WHEN 'running' THEN 1 ELSE 0 END
       FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) WITH ORDINALITY j (uuid, channel, priority, what, at)
       ORDER BY j.at`,
      [
        uuids,
        jobs.map(({ channel }) => channel),
        jobs.map(({ priority }) => priority),
        jobs.map(({ is }) => is),
        other.id,
      ],
    );
    await other.resync(uuids);
    await node.resync([]);
  }

  /** What one node gets, asking on as long as there is more to have. */
  async function claimed(
    { slots, only = null }: Pick<Situation, 'slots'> & { only?: readonly string[] | null },
    marks: readonly LowWaterMark[] = [],
  ): Promise<number[]> {
    const seqs: number[] = [];
    let idle = 0;
    for (let more = true; more && seqs.length < slots;) {
      const { jobs, info } = await node.cycle({ slots: slots - seqs.length, marks, only });
      seqs.push(...jobs.map(({ seq }) => seq));
      more = info.more === true;
      // A claim that takes nothing, and says that there is more, would be repeated for as long as that holds.
      idle = jobs.length === 0 ? idle + 1 : 0;
      expect(idle).toBeLessThan(2);
    }
    return seqs.toSorted((a, b) => a - b);
  }

  function moment(
    { channels, throttledUntil, starts, jobs, slots, only = ['root'] }: Situation,
    seqs = new Map(jobs.map((job, at) => [job, at + 1])),
  ): Moment<ModelJob> {
    const served = (channel: string): boolean => only.some((name) => isWithin(channel, name));
    // What this node can't take stands in the way as what waits does: only of what goes strictly in order.
    const all = jobs.map((job) => ({
      ...job,
      seq: seqs.get(job) as number,
      is: job.is === 'unknown' || (job.is === 'ready' && !served(job.channel)) ? 'waiting' : job.is,
    }));
    const which = (is: string) => all.filter((job) => job.is === is);
    return {
      channels,
      ready: which('ready'),
      running: which('running').map(({ channel }) => channel),
      failed: which('failed').map(({ channel }) => channel),
      waiting: which('waiting'),
      recentStarts: new Map(
        Object.entries(starts).map(([name, { recent, open }]): [string, number] => [name, recent + open]),
      ),
      nextStart: new Map(throttledUntil.map((name) => [name, 3600])),
      limit: slots,
    };
  }

  function expected(situation: Situation, seqs?: Map<Situation['jobs'][number], number>): number[] {
    return pickByCapacity(moment(situation, seqs))
      .map(({ seq }) => seq)
      .toSorted((a, b) => a - b);
  }

  it('says nothing of more, where a paused channel stops a sequential one before a job that waits there does', async () => {
    const channels = [
      { ...unlimitedChannel('root'), capacity: 1, sequential: true },
      { ...unlimitedChannel('root.c'), paused: true },
    ];
    const jobs = [
      { channel: 'root', priority: 1, is: 'waiting' as const },
      { channel: 'root', priority: 1, is: 'ready' as const },
      { channel: 'root.c', priority: 0, is: 'ready' as const },
      { channel: 'root.a', priority: 0, is: 'ready' as const },
    ];
    const situation = { channels, throttledUntil: [], starts: {}, jobs, slots: 1 };
    await arrange(situation);
    expect(await claimed(situation)).toEqual([]);
    expect(expected(situation)).toEqual([]);
  });

  it.each([
    ['is full', 'ready', 0],
    ['has only jobs that no node knows', 'unknown', null],
  ] as const)(
    'gives its turn to the next, where the subchannel whose turn it is %s',
    async (_what, is, capacity) => {
      const channels = [
        { ...unlimitedChannel('root'), fair: true },
        { ...unlimitedChannel('root.a'), fair: true },
        { ...unlimitedChannel('root.a.x'), capacity },
      ];
      const jobs = [
        { channel: 'root.a.x', priority: 0, is },
        { channel: 'root.a.y', priority: 0, is: 'ready' as const },
        { channel: 'root', priority: 0, is: 'ready' as const },
      ];
      const situation = { channels, throttledUntil: [], starts: {}, jobs, slots: 1 };
      await arrange(situation);
      expect(await claimed(situation)).toEqual([2]);
      expect(expected(situation)).toEqual([2]);
    },
  );

  it(
    'takes the same jobs, whatever the limits, and whatever runs, waits and has failed',
    async () => {
      await fc.assert(
        fc.asyncProperty(situations, async (situation) => {
          await arrange(situation);
          expect(await claimed(situation)).toEqual(expected(situation));
        }),
        { numRuns: turnless.numRuns },
      );
    },
    turnless.timeout,
  );

  it(
    'takes the same jobs where the subchannels of a channel take turns',
    async () => {
      const fair = situations.map((situation) => ({
        ...situation,
        channels: CHANNELS.map((name) => ({
          ...unlimitedChannel(name),
          fair: name === 'root.a' || name === 'root',
        })),
        jobs: situation.jobs.map((job) => ({ ...job, is: 'ready' as const })),
      }));
      await fc.assert(
        fc.asyncProperty(fair, async (situation) => {
          await arrange(situation);
          expect(await claimed(situation)).toEqual(expected(situation));
        }),
        { numRuns: fairRuns.numRuns },
      );
    },
    fairRuns.timeout,
  );

  it(
    'takes the same jobs among more channels than it looks into, some of them unknown to it or served by others',
    async () => {
      await fc.assert(
        fc.asyncProperty(manyChannels, fc.boolean(), async (many, fair) => {
          const situation = fair
            ? { ...many, channels: many.channels.map((one) => ({ ...one, fair: one.name === 'root.a' })) }
            : many;
          await arrange(situation);
          expect(await claimed(situation)).toEqual(expected(situation));
        }),
        { numRuns: turnless.numRuns },
      );
    },
    turnless.timeout,
  );

  it(
    'takes the same jobs with marks as if nothing were ready below these, but where jobs go strictly in order',
    async () => {
      const marks: fc.Arbitrary<LowWaterMark[]> = fc.uniqueArray(
        fc.record({
          channel: fc.constantFrom(...CHANNELS),
          priority: fc.nat(2),
          seq: fc.integer({ min: 1, max: 41 }),
        }),
        { selector: ({ channel, priority }) => `${channel} ${priority}`, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(situations, marks, async (situation, given) => {
          await arrange(situation);
          const inOrder = situation.channels.filter(({ sequential }) => sequential);
          const jobs = situation.jobs.filter(({ is, channel, priority }, at) => {
            const mark = given.find((one) => one.channel === channel && one.priority === priority);
            return (
              is !== 'ready' ||
              inOrder.some(({ name }) => isWithin(channel, name)) ||
              at + 1 >= (mark?.seq ?? 0)
            );
          });
          const left = new Map(jobs.map((job) => [job, situation.jobs.indexOf(job) + 1]));
          const seqs = await claimed(situation, given);
          expect(seqs).toEqual(expected({ ...situation, jobs }, left));
        }),
        { numRuns: turnless.numRuns },
      );
    },
    turnless.timeout,
  );

  it(
    'takes the same jobs where it prefetches others, no more in all than the limits allow, and those of a line in order',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(situations, manyChannels), async (situation) => {
          await arrange(situation);
          const prefetch = new Map(MANY.map((name) => [name, 3]));
          const { slots, only = null } = situation;
          const { jobs } = await node.cycle({ slots, only, prefetch, prefetchMost: 10 });
          const allowed = expected(situation);
          for (const { seq, prefetched } of jobs) if (!prefetched) expect(allowed).toContain(seq);
          const { rows } = await client.query<{ name: string }>(
            `SELECT c.name FROM queue_job_channel c JOIN queue_job_permit p ON p.channel = c.name
             WHERE p.node = $1 AND p.count > 0 GROUP BY c.name, c.capacity
             HAVING (SELECT sum(q.count) FROM queue_job_permit q WHERE q.channel = c.name) > c.capacity`,
            [node.id],
          );
          expect(rows).toEqual([]);
          const { channels } = situation;
          for (const line of channels.filter(({ sequential }) => sequential)) {
            const taken = jobs.filter(({ channel }) => isWithin(channel, line.name));
            const { ready, waiting = [] } = moment(situation);
            const [first] = [...ready, ...waiting]
              .filter(({ channel }) => isWithin(channel, line.name))
              .toSorted((a, b) => a.priority - b.priority || a.seq - b.seq);
            expect(taken.length).toBeLessThan(2);
            if (taken.length > 0) expect(taken[0]?.seq).toBe(first?.seq);
          }
          for (const { channel } of jobs.filter(({ prefetched }) => prefetched))
            for (const limit of channels.filter(({ name }) => isWithin(channel, name)))
              expect(limit).toMatchObject({ paused: false, throttle: null, rate: null });
        }),
        { numRuns: turnless.numRuns },
      );
    },
    turnless.timeout,
  );

  /** What `queue.explain()` says of each job, in the order of their creation: the kinds of its reasons with their channels. */
  async function explained(): Promise<{ seq: number; reasons: string[] }[]> {
    const { rows } = await client.query<{ uuid: string; seq: string }>(
      'SELECT uuid, seq FROM queue_job WHERE phase = 2 AND node IS NULL ORDER BY seq',
    );
    const explanations = await new JobExplainer(store).explainMany(rows.map(({ uuid }) => uuid));
    return rows.map(({ uuid, seq }) => ({
      seq: Number(seq),
      reasons: (explanations.get(uuid)?.reasons ?? []).map((reason) => {
        if (reason.kind === 'unserved' || reason.kind === 'unknownName') return 'node';
        return 'channel' in reason ? `${reason.kind} ${reason.channel}` : reason.kind;
      }),
    }));
  }

  /** By the model: what a claim with any number of slots passes by, with the rules that are against it at its turn. */
  function expectedReasons(situation: Situation): { seq: number; reasons: string[] }[] {
    const { only = ['root'], jobs } = situation;
    const all = moment({ ...situation, slots: 1_000 });
    const taken = pickByCapacity(all).map(({ seq }) => seq);
    return jobs.flatMap((job, at) => {
      if (job.is !== 'ready' && job.is !== 'unknown') return [];
      const seq = at + 1;
      if (seq === taken[0]) return [{ seq, reasons: ['next'] }];
      if (taken.includes(seq)) return [{ seq, reasons: ['turn'] }];
      const holds = holdsOf(all, { ...job, seq });
      const nobody = job.is === 'unknown' || !only.some((name) => isWithin(job.channel, name));
      return [{ seq, reasons: [...(nobody ? ['node'] : []), ...holds] }];
    });
  }

  it(
    'does what is said of each job: the next starts first, and what is passed by is held by the rule that is named',
    async () => {
      const setNodes = async (only: readonly string[] | null): Promise<void> => {
        await client.query(`UPDATE queue_job_node SET names = '{Recorder.noop}', channels = $1`, [only]);
      };
      await fc.assert(
        fc.asyncProperty(fc.oneof(situations, manyChannels), async (situation) => {
          await arrange(situation);
          await setNodes(situation.only ?? null);
          const said = await explained();
          expect(said).toEqual(expectedReasons(situation));
          const next = said.find(({ reasons }) => reasons[0] === 'next');
          expect(await claimed({ ...situation, slots: 1 })).toEqual(next === undefined ? [] : [next.seq]);
        }),
        { numRuns: turnless.numRuns },
      );
    },
    turnless.timeout,
  );

  it(
    'does what is said of each job where subchannels take turns',
    async () => {
      await client.query(`UPDATE queue_job_node SET names = '{Recorder.noop}', channels = NULL`);
      const fair = situations.map((situation) => ({
        ...situation,
        channels: CHANNELS.map((name, at) => ({
          ...unlimitedChannel(name),
          capacity: situation.channels[at]?.capacity ?? null,
          fair: name === 'root.a' || name === 'root',
        })),
        jobs: situation.jobs.map((job) => ({ ...job, is: 'ready' as const })),
      }));
      await fc.assert(
        fc.asyncProperty(fair, async (situation) => {
          await arrange(situation);
          const said = await explained();
          const starts = said.filter(({ reasons }) => reasons[0] === 'next' || reasons[0] === 'turn');
          expect(starts.map(({ seq }) => seq)).toEqual(expected({ ...situation, slots: 1_000 }));
          const next = said.find(({ reasons }) => reasons[0] === 'next');
          expect(await claimed({ ...situation, slots: 1 })).toEqual(next === undefined ? [] : [next.seq]);
        }),
        { numRuns: fairRuns.numRuns },
      );
    },
    fairRuns.timeout,
  );
});
