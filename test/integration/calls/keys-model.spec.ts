import { Injectable } from '@nestjs/common';
import fc from 'fast-check';
import { currentJob, Job, type QueueJob } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Worker {
  /** What ran, in order: the uuid of the job, and its argument. */
  readonly ran: { uuid: string; value: number }[] = [];

  @Job()
  async refresh(value: number): Promise<void> {
    this.ran.push({ uuid: currentJob().job.uuid, value });
    await new Promise((done) => setTimeout(done, value % 5));
  }
}

/** A call as it was made: `began` and `ended` are moments of one clock. */
interface Call {
  readonly key: string;
  readonly value: number;
  readonly began: number;
  ended: number;
  /** Null where its transaction was rolled back. */
  uuid: string | null;
}

const ETA_MS = 40;
const MAX_WAIT_MS = 150;

const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  mode: fc.constantFrom('replace', 'debounce'),
  transaction: fc.constantFrom('none', 'commit', 'rollback'),
  pause: fc.nat(15),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

describe('keys that are replaced, by random calls of several processes while a node claims', () => {
  let database: TestDatabase;
  let node: TestApplication;
  let callers: TestApplication[];
  let worker: Worker;
  let round = 0;
  let value = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = { url: database.url, providers: [Worker], logger: false as const };
    node = await startApplication(shared);
    worker = node.get(Worker);
    callers = [node];
    for (let at = 0; at < 2; at += 1)
      callers.push(await startApplication({ ...shared, options: { runner: false } }));
  });

  afterAll(async () => {
    for (const caller of callers.slice(1)) await caller.close();
    await node.close();
    await database.drop();
  });

  async function make(caller: TestApplication, { key, mode, transaction }: Step): Promise<Call> {
    const identityKey = `${key} ${round}`;
    const options =
      mode === 'replace'
        ? ({ identityKey, onDuplicate: 'replace' } as const)
        : ({
            identityKey,
            onDuplicate: 'debounce',
            eta: `${ETA_MS} ms`,
            maxWait: `${MAX_WAIT_MS} ms`,
          } as const);
    const call: Call = { key, value: (value += 1), began: performance.now(), ended: 0, uuid: null };
    const store = async (more: object): Promise<QueueJob> =>
      caller.queue.withDelay(Worker, { ...options, ...more }).refresh(call.value);
    if (transaction === 'none') call.uuid = (await store({})).uuid;
    else {
      const rolledBack = new Error('rolled back');
      await caller.dataSource
        .transaction(async (manager) => {
          const { uuid } = await store({ manager });
          if (transaction === 'rollback') throw rolledBack;
          call.uuid = uuid;
        })
        .catch((error: unknown) => {
          if (error !== rolledBack) throw error;
        });
    }
    call.ended = performance.now();
    return call;
  }

  /** What may be the newest of these: no other one began after it had ended. */
  const mayBeLast = (call: Call, calls: readonly Call[]): boolean =>
    !calls.some((other) => other.began > call.ended);

  it('lose no newest argument, run none that was replaced, and start each job once, at its time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 3, maxLength: 3 }),
        async (plans) => {
          round += 1;
          worker.ran.length = 0;
          const calls: Call[] = [];
          await Promise.all(
            plans.map(async (plan, at) => {
              for (const one of plan) {
                calls.push(await make(callers[at] as TestApplication, one));
                await new Promise((done) => setTimeout(done, one.pause));
              }
            }),
          );
          const stored = calls.filter(({ uuid }) => uuid !== null);
          const uuids = [...new Set(stored.map(({ uuid }) => uuid as string))];
          await eventually(() => expect(worker.ran).toHaveLength(uuids.length));

          for (const uuid of uuids) {
            const own = stored.filter((call) => call.uuid === uuid);
            const runs = worker.ran.filter((run) => run.uuid === uuid);
            // Once, and with the newest of its arguments.
            expect(runs).toHaveLength(1);
            const ran = own.find((call) => call.value === runs[0]?.value) as Call;
            expect(ran).toBeDefined();
            expect(mayBeLast(ran, own)).toBe(true);
          }
          for (const key of ['a', 'b']) {
            const own = stored.filter((call) => call.key === key);
            if (own.length === 0) continue;
            const values = new Set(own.map((call) => call.value));
            const last = worker.ran.filter((run) => values.has(run.value));
            // Jobs of one key may run side by side, so the newest is among those that ran, not always their last.
            expect(
              last.some((run) => mayBeLast(own.find((call) => call.value === run.value) as Call, own)),
            ).toBe(true);
          }
          for (const uuid of uuids) {
            const job = await eventually(async () => {
              const found = (await node.queue.find(uuid)) as QueueJob;
              expect(found.state).toBe('done');
              return found;
            });
            if (job.eta === null) continue;
            expect(job.eta.getTime()).toBeLessThanOrEqual(job.dateCreated.getTime() + MAX_WAIT_MS);
            expect((job.dateStarted as Date).getTime()).toBeGreaterThanOrEqual(job.eta.getTime() - 1);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
