import { LocalReceiver } from '../../../../lib/runner/claiming/local-receiver.js';
import { ClaimLoop } from '../../../../lib/runner/claiming/claim-loop.js';
import type { ClaimLoopHooks } from '../../../../lib/runner/claiming/claim-loop.hooks.js';
import { ProgressBuffer } from '../../../../lib/runner/reporting/progress-buffer.js';
import { TransactionalSlots } from '../../../../lib/runner/slots/transactional-slots.js';
import { WorkerPool } from '../../../../lib/runner/slots/worker-pool.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';
import type { ClaimStore, RoundTrip, RoundTripReply } from '../../../../lib/store/claims/claim-store.js';
import type { ClaimedInsert, ClaimedInsertStore } from '../../../../lib/store/insert/claimed-insert-store.js';
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
    onDuplicate: 'keep',
    maxWait: null,
    keyWindow: null,
    tags: null,
    startBeforeIn: null,
    startBeforeAt: null,
    onParentFailed: null,
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
  let roundTrips: RoundTrip[] = [];
  let voided: number[] = [];
  /** What the database answers; the last stands for all that follow. */
  let answers: (() => Promise<RoundTripReply>)[] = [];
  let inserted: number[] = [];
  let inserting: (jobs: readonly NewJob[]) => Promise<ClaimedInsert>;
  const settings: { only: string[] | null } = { only: null };
  let loop: ClaimLoop;
  let pool: WorkerPool;

  const empty: RoundTripReply = { info: {}, jobs: [] };
  const nothing = async (): Promise<RoundTripReply> => Promise.resolve(empty);
  const lost = async (): Promise<RoundTripReply> => Promise.reject(new Error('Connection terminated'));

  beforeEach(() => {
    roundTrips = [];
    voided = [];
    inserted = [];
    settings.only = null;
    inserting = async (jobs) =>
      Promise.resolve({
        roundTrip: inserted.at(-1) as number,
        rows: jobs.map(storedAs),
        claimed: true,
        notified: false,
      });
    answers = [nothing];
    const store = {
      roundTrip: async (roundTrip: RoundTrip) => {
        roundTrips.push(roundTrip);
        return ((answers.length > 1 ? answers.shift() : answers[0]) as () => Promise<RoundTripReply>)();
      },
      voidRoundTrip: async (_node: number, id: number) => Promise.resolve(void voided.push(id)),
      heldJobs: async () => Promise.resolve([]),
      resync: async () =>
        Promise.resolve({
          version: 1,
          limiting: [],
          throttled: [],
          rated: [],
          exceptions: [],
          paused: [],
          counted: [],
        }),
    };
    const inserts = {
      insert: async (by: { roundTrip: number }, jobs: readonly NewJob[]) => {
        inserted.push(by.roundTrip);
        return inserting(jobs);
      },
    };
    pool = new WorkerPool(4, new TransactionalSlots(['Jobs.one'], new Set(), 4), {
      execute: async () => Promise.resolve({ kind: 'done', result: null }),
      changed: () => loop.wake(),
      throttled: () => undefined,
      freed: () => undefined,
    });
    const hooks: ClaimLoopHooks = {
      roundTripped: () => undefined,
      reregister: async () => Promise.resolve(2),
      failed: () => undefined,
      recovered: () => undefined,
      gaveJobsBack: () => undefined,
      orphans: () => undefined,
    };
    loop = new ClaimLoop(
      pool,
      store as unknown as ClaimStore,
      new LocalReceiver(pool, inserts as unknown as ClaimedInsertStore, settings),
      new ProgressBuffer({} as ProgressStore),
      settings,
      hooks,
    );
  });

  afterEach(() => loop.stop());

  const asking = (): number => roundTrips.filter(({ slots }) => slots > 0).length;

  it('ask once more where a wake came during one that found nothing', async () => {
    loop.accept(true);
    await eventually(() => expect(asking()).toBe(1));
    await loop.flushed();
    answers = [
      async () => {
        // Committed after the claim has looked.
        loop.jobsReady();
        return Promise.resolve(empty);
      },
      nothing,
    ];
    loop.jobsReady();
    await eventually(() => expect(asking()).toBe(3));
    await loop.flushed();
    expect(asking()).toBe(3);
  });

  it('make one void whose answer was lost, and send again the ends that it had', async () => {
    loop.accept(true);
    await eventually(() => expect(asking()).toBe(1));
    await loop.flushed();
    answers = [async () => Promise.resolve({ info: {}, jobs: [job('a')] }), lost, nothing];
    loop.jobsReady();
    await eventually(() => expect(roundTrips.filter(({ done }) => done.length > 0).length).toBe(2));
    const [first, again] = roundTrips.filter(({ done }) => done.length > 0);
    expect(again?.done.map(({ uuid }) => uuid)).toEqual(['a']);
    expect(voided).toEqual([first?.id]);
  });

  describe('that is idle', () => {
    const idle = async (): Promise<void> => {
      loop.accept(true);
      await eventually(() => expect(asking()).toBeGreaterThan(0));
      await loop.flushed();
    };

    it('stores the jobs of a call, and runs them', async () => {
      await idle();
      await expect(loop.insertClaimed([newJob()], null)).resolves.toMatchObject({ claimed: true });
      await eventually(() =>
        expect(roundTrips.flatMap(({ done }) => done.map(({ uuid }) => uuid))).toEqual(['new']),
      );
      expect(roundTrips.at(-1)?.closedClaims).toEqual(inserted);
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
      expect(loop.insertClaimed(jobs, null)).toBeNull();
      expect(loop.insertClaimed([newJob('root.served.below')], null)).not.toBeNull();
      await loop.flushed();
    });

    it('does not while it has a round trip, or takes no jobs', async () => {
      await idle();
      loop.jobsReady();
      expect(loop.insertClaimed([newJob()], null)).toBeNull();
      await loop.flushed();
      const first = loop.insertClaimed([newJob()], null);
      expect(loop.insertClaimed([newJob()], null)).toBeNull();
      await first;
      await loop.flushed();
      loop.accept(false);
      expect(loop.insertClaimed([newJob()], null)).toBeNull();
    });

    it('does not where something ready is locked by somebody', async () => {
      await idle();
      answers = [async () => Promise.resolve({ info: { more: true }, jobs: [] }), nothing];
      loop.jobsReady();
      await loop.flushed();
      expect(loop.insertClaimed([newJob()], null)).toBeNull();
    });

    it('tells the caller first, and runs the job then', async () => {
      await idle();
      const stored = loop.insertClaimed([newJob()], null);
      await stored;
      expect(pool.attempts.size).toBe(0);
      expect(pool.freeSlots).toBe(3);
      await loop.flushed();
      expect(pool.freeSlots).toBe(4);
    });

    it('makes one void whose answer was lost', async () => {
      await idle();
      inserting = async () => Promise.reject(new Error('Connection terminated'));
      await expect(loop.insertClaimed([newJob()], null)).rejects.toThrow('Connection terminated');
      await eventually(() => expect(voided).toEqual(inserted));
      await loop.flushed();
      expect(pool.freeSlots).toBe(4);
    });

    it.each(['22001', 'P0001', '53100'])('does not mind one that PostgreSQL refused: %s', async (code) => {
      await idle();
      inserting = async () => Promise.reject(Object.assign(new Error('too long'), { code }));
      await expect(loop.insertClaimed([newJob()], null)).rejects.toThrow('too long');
      await loop.flushed();
      expect(voided).toEqual([]);
      expect(pool.freeSlots).toBe(4);
    });
  });
});
