import { Pump } from '../../../lib/runner/pump.js';
import type { PumpHooks } from '../../../lib/runner/pump.hooks.js';
import { Reporter } from '../../../lib/runner/reporter.js';
import { Workbench } from '../../../lib/runner/workbench.js';
import type { ClaimedJob, ClaimStore, Cycle, CycleAnswer } from '../../../lib/store/claim-store.js';
import type { ProgressStore } from '../../../lib/store/progress-store.js';
import { eventually } from '../../support/eventually.js';

const job = (uuid: string): ClaimedJob =>
  ({ uuid, seq: 1, channel: 'root', priority: 10, retry: 1, name: 'Jobs.one', claim: 1 }) as ClaimedJob;

describe('the round trips of a node', () => {
  let cycles: Cycle[] = [];
  let forgotten: number[] = [];
  /** What the database answers; the last stands for all that follow. */
  let answers: (() => Promise<CycleAnswer>)[] = [];
  let pump: Pump;
  let bench: Workbench;

  const empty: CycleAnswer = { info: {}, jobs: [] };
  const nothing = async (): Promise<CycleAnswer> => Promise.resolve(empty);
  const lost = async (): Promise<CycleAnswer> => Promise.reject(new Error('Connection terminated'));

  beforeEach(() => {
    cycles = [];
    forgotten = [];
    answers = [nothing];
    const store = {
      cycle: async (cycle: Cycle) => {
        cycles.push(cycle);
        return ((answers.length > 1 ? answers.shift() : answers[0]) as () => Promise<CycleAnswer>)();
      },
      forget: async (_node: number, id: number) => Promise.resolve(void forgotten.push(id)),
      holdings: async () => Promise.resolve([]),
      resync: async () => Promise.resolve({ version: 1, gates: [], throttled: [], counted: [] }),
    };
    bench = new Workbench(4, {
      execute: async () => Promise.resolve({ kind: 'done', result: null }),
      changed: () => pump.kick(),
      throttled: () => undefined,
    });
    const hooks: PumpHooks = {
      informed: () => undefined,
      reborn: async () => Promise.resolve(2),
      failed: () => undefined,
      recovered: () => undefined,
    };
    pump = new Pump(
      bench,
      store as unknown as ClaimStore,
      new Reporter({} as ProgressStore),
      { names: () => [], only: null },
      hooks,
    );
  });

  afterEach(() => pump.stop());

  const asking = (): number => cycles.filter(({ slots }) => slots > 0).length;

  it('ask once more where a wake came during one that found nothing', async () => {
    pump.accept(true);
    await eventually(() => expect(asking()).toBe(1));
    await pump.flushed();
    answers = [
      async () => {
        // Committed after the claim has looked.
        pump.wake();
        return Promise.resolve(empty);
      },
      nothing,
    ];
    pump.wake();
    await eventually(() => expect(asking()).toBe(3));
    await pump.flushed();
    expect(asking()).toBe(3);
  });

  it('make one void whose answer was lost, and send again the ends that it had', async () => {
    pump.accept(true);
    await eventually(() => expect(asking()).toBe(1));
    await pump.flushed();
    answers = [async () => Promise.resolve({ info: {}, jobs: [job('a')] }), lost, nothing];
    pump.wake();
    await eventually(() => expect(cycles.filter(({ done }) => done.length > 0).length).toBe(2));
    const [first, again] = cycles.filter(({ done }) => done.length > 0);
    expect(again?.done.map(({ uuid }) => uuid)).toEqual(['a']);
    expect(forgotten).toEqual([first?.id]);
  });
});
