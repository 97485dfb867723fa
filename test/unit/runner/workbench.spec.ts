import type { RunEnd } from '../../../lib/runner/run-end.js';
import { Workbench } from '../../../lib/runner/workbench.js';
import type { ClaimedJob } from '../../../lib/store/claim-store.js';
import { Gate } from '../../support/gate.js';

const job = { uuid: 'a', seq: 1, channel: 'root', priority: 10, retry: 1, claim: 1 } as ClaimedJob;

describe('the workbench of a node', () => {
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
