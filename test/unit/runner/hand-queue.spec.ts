import { HandQueue } from '../../../lib/runner/hand-queue.js';
import type { ClaimedJob } from '../../../lib/store/claim-store.js';

const job = (seq: number, channel = 'root.a', priority = 10): ClaimedJob =>
  ({ uuid: `job ${seq}`, seq, channel, priority }) as ClaimedJob;

const all = (): boolean => true;

describe('the jobs at hand', () => {
  it('are taken in the order of priority and creation over all channels that allow one', () => {
    const queue = new HandQueue();
    for (const one of [job(3), job(1, 'root.b'), job(2), job(9, 'root.b', 1)]) queue.add(one);
    const taken = Array.from({ length: 4 }, () => queue.take(all)?.seq);
    expect(taken).toEqual([9, 1, 2, 3]);
    expect(queue.size).toBe(0);
    expect(queue.take(all)).toBeUndefined();
  });

  it('of a channel that allows none stay, and hold up no other channel', () => {
    const queue = new HandQueue();
    for (const one of [job(1), job(2, 'root.b')]) queue.add(one);
    expect(queue.take((channel) => channel === 'root.b')?.seq).toBe(2);
    expect(queue.take((channel) => channel === 'root.b')).toBeUndefined();
    expect(queue.uuids()).toEqual(['job 1']);
  });

  it('go back together where one has waited for too long: those that came later would start before it', async () => {
    const queue = new HandQueue();
    queue.add(job(1));
    const since = performance.now();
    while (performance.now() - since < 20) await new Promise((resolve) => setImmediate(resolve));
    queue.add(job(2));
    expect(queue.takeOlderThan(1_000)).toEqual([]);
    expect(queue.takeOlderThan(15).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(queue.size).toBe(0);
  });

  it('leave nothing of a job that was removed, nor of its channel', () => {
    const queue = new HandQueue();
    queue.add(job(1));
    expect(queue.remove('job 1')?.seq).toBe(1);
    expect(queue.remove('job 1')).toBeUndefined();
    expect(queue.sizeOf('root.a')).toBe(0);
    expect(queue.takeOlderThan(0)).toEqual([]);
  });
});
