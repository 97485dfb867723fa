import type { AttemptResult } from '../../../../lib/runner/attempt/attempt-result.js';
import { TransactionalSlots } from '../../../../lib/runner/slots/transactional-slots.js';
import { WorkerPool } from '../../../../lib/runner/slots/worker-pool.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';
import { eventually } from '../../../support/eventually.js';
import { Gate } from '../../../support/gate.js';

const job = { uuid: 'a', seq: 1, channel: 'root', priority: 10, retry: 1, claim: 1 } as ClaimedJob;

const slots = (size = 1_000): TransactionalSlots =>
  new TransactionalSlots(['Jobs.one', 'Jobs.whole'], new Set(['Jobs.whole']), size);

/** More than begin in one turn of the event loop. */
const many = Array.from({ length: 500 }, (_, seq): ClaimedJob => ({ ...job, uuid: `${seq}`, seq }));

describe('the workbench of a node', () => {
  it('begins no run that was forfeited or cancelled before its turn', async () => {
    const begun: string[] = [];
    const pool = new WorkerPool(1_000, slots(), {
      execute: async (attempt): Promise<AttemptResult> => {
        begun.push(attempt.job.uuid);
        return Promise.resolve({ kind: 'done', result: null });
      },
      changed: () => undefined,
      throttled: () => undefined,
      freed: () => undefined,
    });
    pool.receive(many);
    const last = pool.attempts.get('499');
    if (last !== undefined) last.cancelled = true;
    await eventually(() => expect(pool.attempts.size).toBe(0));
    expect(begun).toHaveLength(499);
    expect(pool.takeSettled(false).ended.find(({ attempt }) => attempt === last)?.result).toEqual({
      kind: 'cancelled',
    });

    begun.length = 0;
    pool.receive(many);
    pool.abandonAll(new Error('given up'));
    await eventually(() => expect(pool.attempts.size).toBe(0));
    expect(begun.length).toBeLessThan(500);
    expect(pool.unsettled).toBe(false);
  });

  it('lets no job that comes with a permit begin before one that has waited for it', async () => {
    const begun: string[] = [];
    const gate = new Gate();
    const pool = new WorkerPool(2, slots(), {
      execute: async (attempt): Promise<AttemptResult> => {
        begun.push(attempt.job.uuid);
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => undefined,
      throttled: () => undefined,
      freed: () => undefined,
    });
    const map = { version: 1, limiting: ['root'], throttled: [], rated: [], exceptions: [], paused: [], counted: [] }; // prettier-ignore
    pool.resync(map);
    pool.receive([{ ...job, uuid: 'waiting', seq: 1, prefetched: true }]);
    expect(pool.attempts.size).toBe(0);
    pool.receive([{ ...job, uuid: 'later', seq: 2, prefetched: false }]);
    await eventually(() => expect(begun).toEqual(['waiting']));
    gate.open();
    await eventually(() => expect(begun).toEqual(['waiting', 'later']));
  });

  it('tells of no run that it has started while it waits for its turn', async () => {
    const gate = new Gate();
    let begun = 0;
    const pool = new WorkerPool(1_000, slots(), {
      execute: async (): Promise<AttemptResult> => {
        begun += 1;
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => undefined,
      throttled: () => undefined,
      freed: () => undefined,
    });
    pool.receive(many);
    // Jobs that compute, and leave the event loop no turn.
    const until = performance.now() + 60;
    while (performance.now() < until);
    pool.checkDurations();
    expect(begun).toBeLessThan(many.length);
    expect(pool.takeSettled(false).started).toHaveLength(begun);
    gate.open();
    await eventually(() => expect(pool.attempts.size).toBe(0));
  });

  it('writes no end of a run that was forfeited while it lasted', async () => {
    const gate = new Gate();
    const ended = new Gate();
    const pool = new WorkerPool(1, slots(), {
      execute: async (): Promise<AttemptResult> => {
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => ended.open(),
      throttled: () => undefined,
      freed: () => undefined,
    });
    pool.receive([job]);
    pool.abandonAll(new Error('given up'));
    gate.open();
    await ended.opened;
    expect(pool.unsettled).toBe(false);
    expect(pool.freeSlots).toBe(1);
  });

  /** A pool whose jobs run until they are told to end. */
  const manual = (concurrency: number, size = 1_000) => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    let freed = 0;
    const pool = new WorkerPool(concurrency, slots(size), {
      execute: async ({ job: { uuid } }): Promise<AttemptResult> => {
        begun.push(uuid);
        await new Promise<void>((resolve) => ends.set(uuid, resolve));
        return { kind: 'done', result: null };
      },
      changed: () => undefined,
      throttled: () => undefined,
      freed: () => (freed += 1),
    });
    const end = async (uuid: string): Promise<void> => {
      ends.get(uuid)?.();
      await eventually(() => expect(pool.attempts.has(uuid)).toBe(false));
    };
    return { pool, begun, end, freed: () => freed };
  };

  it.each([
    { why: 'is at its last attempt', given: { retry: 3, maxRetries: 3, deaths: 0 } },
    { why: 'was at a node that died', given: { retry: 1, maxRetries: 3, deaths: 1 } },
  ])('calls the method of a job that $why once its start is written', async ({ given }) => {
    const { pool, begun } = manual(2);
    pool.receive([{ ...job, ...given }]);
    expect(begun).toEqual([]);
    const { started: marks } = pool.takeSettled(false);
    expect(marks.map(({ job: { uuid } }) => uuid)).toEqual(['a']);
    pool.startsWritten(marks);
    expect(begun).toEqual(['a']);
    pool.startsWritten(marks);
    expect(begun).toEqual(['a']);
  });

  it('gives back a job whose start was written while the node began to stop', () => {
    const { pool, begun } = manual(2);
    pool.receive([{ ...job, retry: 1, maxRetries: 1 }]);
    const { started: marks } = pool.takeSettled(false);
    pool.close();
    pool.startsWritten(marks);
    expect(begun).toEqual([]);
    expect(pool.attempts.size).toBe(0);
    expect(pool.takeSettled(false).givenBack.map(({ uuid }) => uuid)).toEqual(['a']);
  });

  it('runs a job that two nodes have died with alone', async () => {
    const { pool, begun, end } = manual(3);
    pool.receive([
      { ...job, uuid: 'first' },
      { ...job, uuid: 'suspect', deaths: 2 },
    ]);
    expect(pool.freeSlots).toBe(0);
    expect(pool.takeSettled(false).started).toEqual([]);
    await end('first');
    const { started: marks } = pool.takeSettled(false);
    pool.startsWritten(marks);
    expect(begun).toEqual(['first', 'suspect']);
    expect(pool.freeSlots).toBe(0);
    await end('suspect');
    expect(pool.freeSlots).toBe(3);
  });

  it('begins no more transactional jobs than it may, and others meanwhile', async () => {
    const { pool, begun, end, freed } = manual(4, 1);
    const of = (uuid: string, name: string, channel = 'root'): ClaimedJob => ({
      ...job,
      uuid,
      name,
      channel,
    });
    pool.receive([of('w1', 'Jobs.whole'), of('w2', 'Jobs.whole'), of('o1', 'Jobs.one', 'root.other')]);
    expect(begun).toEqual(['w1', 'o1']);
    expect(pool.transactional.claimable).toEqual(['Jobs.one']);
    await end('w1');
    expect(begun).toEqual(['w1', 'o1', 'w2']);
    expect(freed()).toBe(1);
    await end('w2');
    expect(pool.transactional.claimable).toEqual(['Jobs.one', 'Jobs.whole']);
  });
});
