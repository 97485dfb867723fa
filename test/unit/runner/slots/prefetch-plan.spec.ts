import { HeldPermits } from '../../../../lib/runner/slots/held-permits.js';
import { PrefetchPlan } from '../../../../lib/runner/slots/prefetch-plan.js';
import { PrefetchQueue } from '../../../../lib/runner/slots/prefetch-queue.js';
import { OTHER_CHANNELS } from '../../../../lib/store/claims/other-channels.js';

const permitsOf = (limiting: string[], rated: string[], throttled: string[]): HeldPermits => {
  const permits = new HeldPermits();
  permits.resync({ version: 1, limiting, rated, throttled, exceptions: [], paused: [], counted: [] }, [], []);
  return permits;
};

describe('what a node prefetches', () => {
  it('is nothing of a channel whose starts are counted in time, nor of unknown ones after such a job', () => {
    const permits = permitsOf(['root.r', 'root.t', 'root.c'], ['root.r'], ['root.t']);
    const plan = new PrefetchPlan(10);
    for (const channel of ['root.c', 'root.r', 'root.t.below']) plan.ended(channel, 1);
    const { channels, most } = plan.wanted(permits, new PrefetchQueue());
    expect([...channels]).toEqual([['root.c', 50]]);
    expect(most).toBe(50);
    plan.ended('root.c', 1);
    expect(plan.wanted(permits, new PrefetchQueue()).channels.get(OTHER_CHANNELS)).toBe(50);
  });
});
