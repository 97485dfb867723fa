import fc from 'fast-check';
import type { QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

const PROCESSES = 3;
const ETA_MS = 40;
const MAX_WAIT_MS = 150;
/** The clocks of the database and of the processes run alike, but for this many milliseconds in so short a time. */
const DRIFT_MS = 5;

const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  mode: fc.constantFrom('replace', 'debounce'),
  transaction: fc.constantFrom('none', 'commit', 'rollback'),
  pause: fc.nat(15),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A call as it was made: `began` and `ended` are moments of the clock that all processes of a machine share. */
interface Call extends Step {
  readonly value: number;
  readonly began: number;
  readonly ended: number;
  /** Null where its transaction was rolled back. */
  readonly uuid: string | null;
}

interface Run {
  readonly uuid: string;
  readonly value: number;
}

describe('keys that are replaced, by random calls of three processes that run their jobs', () => {
  let database: TestDatabase;
  let reader: TestApplication;
  let processes: ClusterNode[];
  let round = 0;
  let value = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    reader = await startApplication({ url: database.url, providers: [], options: { runner: false } });
    processes = await Promise.all(
      Array.from({ length: PROCESSES }, async () => ClusterNode.start(database.url)),
    );
  });

  afterAll(async () => {
    await Promise.all(processes.map(async (process) => process.close()));
    await reader.close();
    await database.drop();
  });

  async function make(process: ClusterNode, plan: readonly Step[]): Promise<Call[]> {
    const asked = plan.map(({ key, mode, transaction, pause }) => {
      const options = { identityKey: `${key} ${round}`, onDuplicate: mode };
      const debounced = { ...options, eta: `${ETA_MS} ms`, maxWait: `${MAX_WAIT_MS} ms` };
      return { value: (value += 1), options: mode === 'debounce' ? debounced : options, transaction, pause };
    });
    const made = (await process.ask('callNewest', asked)) as Omit<Call, keyof Step>[];
    return made.map((call, at) => ({ ...(plan[at] as Step), ...call }));
  }

  const runsOf = (values: ReadonlySet<number>): Run[] =>
    processes.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.kind === 'newest' && values.has(event.value as number)
          ? [{ uuid: event.uuid, value: event.value as number }]
          : [],
      ),
    );

  const ended = async (uuid: string): Promise<QueueJob> =>
    eventually(async () => {
      const found = (await reader.queue.find(uuid)) as QueueJob;
      expect(found.state).toBe('done');
      return found;
    });

  /** What may be the newest of these: no other one began after it had ended. */
  const mayBeLast = (call: Call, calls: readonly Call[]): boolean =>
    !calls.some((other) => other.began > call.ended);

  /** A debounced job starts once its time has come, which the newest call puts off, up to its longest wait. */
  function checkTimes(job: QueueJob, ran: Call, own: readonly Call[]): void {
    if (ran.mode === 'replace') {
      expect(job.eta).toBeNull();
      return;
    }
    const delay = (job.eta as Date).getTime() - job.dateCreated.getTime();
    expect(delay).toBeLessThanOrEqual(MAX_WAIT_MS);
    const since = ran.began - Math.min(...own.map((call) => call.ended));
    expect(delay).toBeGreaterThanOrEqual(Math.min(MAX_WAIT_MS, since + ETA_MS) - DRIFT_MS);
    expect((job.dateStarted as Date).getTime()).toBeGreaterThanOrEqual((job.eta as Date).getTime() - 1);
  }

  it('lose no newest argument, run none that was replaced, and start each job once, at its time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), {
          minLength: PROCESSES,
          maxLength: PROCESSES,
        }),
        async (plans) => {
          round += 1;
          const calls = (
            await Promise.all(plans.map(async (plan, at) => make(processes[at] as ClusterNode, plan)))
          ).flat();
          const values = new Set(calls.map((call) => call.value));
          const stored = calls.filter(({ uuid }) => uuid !== null);
          const uuids = [...new Set(stored.map(({ uuid }) => uuid as string))];
          const jobs = await Promise.all(uuids.map(ended));
          // What a process says of a run may come after the end of its job.
          await eventually(() => expect(runsOf(values).length).toBeGreaterThanOrEqual(uuids.length));
          const ran = runsOf(values);
          expect(ran).toHaveLength(uuids.length);

          for (const [at, uuid] of uuids.entries()) {
            const own = stored.filter((call) => call.uuid === uuid);
            const runs = ran.filter((run) => run.uuid === uuid);
            // Once, and with the newest of its arguments.
            expect(runs).toHaveLength(1);
            const newest = own.find((call) => call.value === runs[0]?.value) as Call;
            expect(newest).toBeDefined();
            expect(mayBeLast(newest, own)).toBe(true);
            checkTimes(jobs[at] as QueueJob, newest, own);
          }
          for (const key of ['a', 'b']) {
            const own = stored.filter((call) => call.key === key);
            if (own.length === 0) continue;
            // Jobs of one key may run side by side, so the newest is among those that ran, not always their last.
            const candidates = own.filter((call) => ran.some((run) => run.value === call.value));
            expect(candidates.some((call) => mayBeLast(call, own))).toBe(true);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
