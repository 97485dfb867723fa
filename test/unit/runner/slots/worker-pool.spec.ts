import type { RunEnd } from '../../../../lib/runner/attempt/attempt-result.js';
import { Workbench } from '../../../../lib/runner/slots/worker-pool.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claim-store.js';
import { eventually } from '../../../support/eventually.js';
import { Gate } from '../../../support/gate.js';

const job = { uuid: 'a', seq: 1, channel: 'root', priority: 10, retry: 1, claim: 1 } as ClaimedJob;

/** More than begin in one turn of the event loop. */
const many = Array.from({ length: 500 }, (_, seq): ClaimedJob => ({ ...job, uuid: `${seq}`, seq }));

describe('the workbench of a node', () => {
  it('begins no run that was forfeited or cancelled before its turn', async () => {
    const begun: string[] = [];
    const bench = new Workbench(1_000, {
      execute: async (run): Promise<RunEnd> => {
        begun.push(run.job.uuid);
        return Promise.resolve({ kind: 'done', result: null });
      },
      changed: () => undefined,
      throttled: () => undefined,
    });
    bench.receive(many);
    const last = bench.runs.get('499');
    if (last !== undefined) last.cancelled = true;
    await eventually(() => expect(bench.runs.size).toBe(0));
    expect(begun).toHaveLength(499);
    expect(bench.takeDirty(false).ended.find(({ run }) => run === last)?.end).toEqual({ kind: 'cancelled' });

    begun.length = 0;
    bench.receive(many);
    bench.forfeit(new Error('given up'));
    await eventually(() => expect(bench.runs.size).toBe(0));
    expect(begun.length).toBeLessThan(500);
    expect(bench.dirty).toBe(false);
  });

  it('tells of no run that it has started while it waits for its turn', async () => {
    const gate = new Gate();
    let begun = 0;
    const bench = new Workbench(1_000, {
      execute: async (): Promise<RunEnd> => {
        begun += 1;
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => undefined,
      throttled: () => undefined,
    });
    bench.receive(many);
    // Jobs that compute, and leave the event loop no turn.
    const until = performance.now() + 60;
    while (performance.now() < until);
    bench.sweep();
    expect(begun).toBeLessThan(many.length);
    expect(bench.takeDirty(false).marks).toHaveLength(begun);
    gate.open();
    await eventually(() => expect(bench.runs.size).toBe(0));
  });

  it('writes no end of a run that was forfeited while it lasted', async () => {
    const gate = new Gate();
    const ended = new Gate();
    const bench = new Workbench(1, {
      execute: async (): Promise<RunEnd> => {
        await gate.opened;
        return { kind: 'done', result: null };
      },
      changed: () => ended.open(),
      throttled: () => undefined,
    });
    bench.receive([job]);
    bench.forfeit(new Error('given up'));
    gate.open();
    await ended.opened;
    expect(bench.dirty).toBe(false);
    expect(bench.freeSlots).toBe(1);
  });
});
