import { Intake } from '../../../../lib/runner/claiming/local-receiver.js';
import { Pump } from '../../../../lib/runner/claiming/claim-loop.js';
import type { PumpHooks } from '../../../../lib/runner/claiming/claim-loop.hooks.js';
import { Reporter } from '../../../../lib/runner/reporting/progress-buffer.js';
import { Workbench } from '../../../../lib/runner/slots/worker-pool.js';
import type { ClaimedJob, ClaimStore, Cycle, CycleAnswer } from '../../../../lib/store/claims/claim-store.js';
import type { HandedOver, HandOverStore } from '../../../../lib/store/insert/claimed-insert-store.js';
import type { NewJob, StoredJob } from '../../../../lib/store/insert/new-job.js';
import type { ProgressStore } from '../../../../lib/store/jobs/progress-store.js';
import { eventually } from '../../../support/eventually.js';

const job = (uuid: string): ClaimedJob =>
  ({ uuid, seq: 1, channel: 'root', priority: 10, retry: 1, name: 'Jobs.one', claim: 1 }) as ClaimedJob;

const newJob = (channel = 'root', name = 'Jobs.one'): NewJob =>
  ({
    uuid: 'new',
    name,
    channel,
    priority: 10,
    identityKey: null,
    etaIn: null,
    etaAt: null,
    waits: false,
    args: '[]',
  }) as NewJob;

const storedAs = ({ uuid }: NewJob): StoredJob => ({
  uuid,
  seq: 7,
  dateCreated: new Date(),
  eta: null,
  dueIn: null,
});

describe('the round trips of a node', () => {
  let cycles: Cycle[] = [];
  let forgotten: number[] = [];
  /** What the database answers; the last stands for all that follow. */
  let answers: (() => Promise<CycleAnswer>)[] = [];
  let handedOver: number[] = [];
  let handing: (jobs: readonly NewJob[]) => Promise<HandedOver>;
  const settings: { names: () => string[]; only: string[] | null } = {
    names: () => ['Jobs.one'],
    only: null,
  };
  let pump: Pump;
  let bench: Workbench;

  const empty: CycleAnswer = { info: {}, jobs: [] };
  const nothing = async (): Promise<CycleAnswer> => Promise.resolve(empty);
  const lost = async (): Promise<CycleAnswer> => Promise.reject(new Error('Connection terminated'));

  beforeEach(() => {
    cycles = [];
    forgotten = [];
    handedOver = [];
    settings.only = null;
    handing = async (jobs) =>
      Promise.resolve({
        cycle: handedOver.at(-1) as number,
        rows: jobs.map(storedAs),
        taken: true,
        told: false,
      });
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
    const handOvers = {
      insert: async (by: { cycle: number }, jobs: readonly NewJob[]) => {
        handedOver.push(by.cycle);
        return handing(jobs);
      },
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
      gaveBack: () => undefined,
    };
    pump = new Pump(
      bench,
      store as unknown as ClaimStore,
      new Intake(bench, handOvers as unknown as HandOverStore, settings),
      new Reporter({} as ProgressStore),
      settings,
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

  describe('that is idle', () => {
    const idle = async (): Promise<void> => {
      pump.accept(true);
      await eventually(() => expect(asking()).toBeGreaterThan(0));
      await pump.flushed();
    };

    it('stores the jobs of a call, and runs them', async () => {
      await idle();
      await expect(pump.handOver([newJob()], null)).resolves.toMatchObject({ taken: true });
      await eventually(() =>
        expect(cycles.flatMap(({ done }) => done.map(({ uuid }) => uuid))).toEqual(['new']),
      );
      expect(cycles.at(-1)?.closedClaims).toEqual(handedOver);
    });

    it.each<[string, NewJob[]]>([
      ['jobs that would take its last slot', Array.from({ length: 4 }, () => newJob())],
      ['long arguments', [{ ...newJob(), args: `["${'x'.repeat(70_000)}"]` }]],
      ['jobs that are not alike', [newJob(), newJob('root.other')]],
      ['jobs with an eta', [{ ...newJob(), etaIn: 5 }]],
      ['jobs that it does not know', [newJob('root', 'Jobs.two')]],
      ['jobs of a channel that it does not serve', [newJob('root.other')]],
      ['no jobs', []],
    ])('does not store %s', async (_, jobs) => {
      await idle();
      settings.only = jobs[0]?.channel === 'root.other' ? ['root.served'] : null;
      expect(pump.handOver(jobs, null)).toBeNull();
      expect(pump.handOver([newJob('root.served.below')], null)).not.toBeNull();
      await pump.flushed();
    });

    it('does not while it has a round trip, or takes no jobs', async () => {
      await idle();
      pump.wake();
      expect(pump.handOver([newJob()], null)).toBeNull();
      await pump.flushed();
      const first = pump.handOver([newJob()], null);
      expect(pump.handOver([newJob()], null)).toBeNull();
      await first;
      await pump.flushed();
      pump.accept(false);
      expect(pump.handOver([newJob()], null)).toBeNull();
    });

    it('does not where something ready is locked by somebody', async () => {
      await idle();
      answers = [async () => Promise.resolve({ info: { more: true }, jobs: [] }), nothing];
      pump.wake();
      await pump.flushed();
      expect(pump.handOver([newJob()], null)).toBeNull();
    });

    it('tells the caller first, and runs the job then', async () => {
      await idle();
      const stored = pump.handOver([newJob()], null);
      await stored;
      expect(bench.runs.size).toBe(0);
      expect(bench.freeSlots).toBe(3);
      await pump.flushed();
      expect(bench.freeSlots).toBe(4);
    });

    it('makes one void whose answer was lost', async () => {
      await idle();
      handing = async () => Promise.reject(new Error('Connection terminated'));
      await expect(pump.handOver([newJob()], null)).rejects.toThrow('Connection terminated');
      await eventually(() => expect(forgotten).toEqual(handedOver));
      await pump.flushed();
      expect(bench.freeSlots).toBe(4);
    });

    it.each(['22001', 'P0001', '53100'])('does not mind one that PostgreSQL refused: %s', async (code) => {
      await idle();
      handing = async () => Promise.reject(Object.assign(new Error('too long'), { code }));
      await expect(pump.handOver([newJob()], null)).rejects.toThrow('too long');
      await pump.flushed();
      expect(forgotten).toEqual([]);
      expect(bench.freeSlots).toBe(4);
    });
  });
});
