import type { AttemptResult } from '../../../../lib/runner/attempt/attempt-result.js';
import { WorkerPool } from '../../../../lib/runner/slots/worker-pool.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';
import { eventually } from '../../../support/eventually.js';
import { Gate } from '../../../support/gate.js';

const job = { uuid: 'a', seq: 1, channel: 'root', priority: 10, retry: 1, claim: 1 } as ClaimedJob;

/** More than begin in one turn of the event loop. */
const many = Array.from({ length: 500 }, (_, seq): ClaimedJob => ({ ...job, uuid: `${seq}`, seq }));

describe('the workbench of a node', () => {
  it('begins no run that was forfeited or cancelled before its turn', async () => {
    const begun: string[] = [];
    const pool = new WorkerPool(1_000, {
      execute: async (attempt): Promise<AttemptResult> => {
        begun.push(attempt.job.uuid);
        return Promise.resolve({ kind: 'done', result: null });
      },
      changed: () => undefined,
      throttled: () => undefined,
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

  it('tells of no run that it has started while it waits for its turn', async () => {
    const gate = new Gate();
    let begun = 0;
    const pool = new WorkerPool(1_000, {
      execute: async (): Promise<AttemptResult> => {
        begun += 1;
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => undefined,
      throttled: () => undefined,
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
    const pool = new WorkerPool(1, {
      execute: async (): Promise<AttemptResult> => {
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => ended.open(),
      throttled: () => undefined,
    });
    pool.receive([job]);
    pool.abandonAll(new Error('given up'));
    gate.open();
    await ended.opened;
    expect(pool.unsettled).toBe(false);
    expect(pool.freeSlots).toBe(1);
  });
});
