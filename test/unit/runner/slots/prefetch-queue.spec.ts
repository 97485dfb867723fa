import fc from 'fast-check';
import { PrefetchQueue } from '../../../../lib/runner/slots/prefetch-queue.js';
import { byOrder, type ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';

const job = (seq: number, channel = 'root.a', priority = 10): ClaimedJob =>
  ({ uuid: `job ${seq}`, seq, channel, priority }) as ClaimedJob;

const all = (): boolean => true;

describe('the jobs at hand', () => {
  it('are taken in the order of priority and creation over all channels that allow one', () => {
    const queue = new PrefetchQueue();
    for (const one of [job(3), job(1, 'root.b'), job(2), job(9, 'root.b', 1)]) queue.add(one);
    const taken = Array.from({ length: 4 }, () => queue.take(all)?.seq);
    expect(taken).toEqual([9, 1, 2, 3]);
    expect(queue.size).toBe(0);
    expect(queue.take(all)).toBeUndefined();
  });

  it('are taken in turns where channels take turns, those of an earlier claim first', () => {
    const queue = new PrefetchQueue();
    const claims: [seq: number, channel: string][][] = [
      [[1, 'root.a'], [11, 'root.b'], [2, 'root.a'], [12, 'root.b']], // prettier-ignore
      [[3, 'root.a'], [13, 'root.b'], [4, 'root.a']], // prettier-ignore
    ];
    for (const claim of claims) {
      queue.takeTurns(claim.map(([seq]) => seq));
      for (const [seq, channel] of claim.toSorted(([a], [b]) => a - b)) queue.add(job(seq, channel));
    }
    const taken = Array.from({ length: 7 }, () => queue.take(all)?.seq);
    expect(taken).toEqual([1, 11, 2, 12, 3, 13, 4]);
  });

  it('of a channel that allows none stay, and hold up no other channel', () => {
    const queue = new PrefetchQueue();
    for (const one of [job(1), job(2, 'root.b')]) queue.add(one);
    expect(queue.take(({ channel }) => channel === 'root.b')?.seq).toBe(2);
    expect(queue.take(({ channel }) => channel === 'root.b')).toBeUndefined();
    expect(queue.uuids()).toEqual(['job 1']);
  });

  it('go back together where one has waited for too long: those that came later would start before it', async () => {
    const queue = new PrefetchQueue();
    queue.add(job(1));
    const since = performance.now();
    while (performance.now() - since < 20) await new Promise((resolve) => setImmediate(resolve));
    queue.add(job(2));
    expect(queue.takeOlderThan(1_000)).toEqual([]);
    expect(queue.takeOlderThan(15).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(queue.size).toBe(0);
  });

  it('leave nothing of a job that was removed, nor of its channel', () => {
    const queue = new PrefetchQueue();
    queue.add(job(1));
    expect(queue.remove('job 1')?.seq).toBe(1);
    expect(queue.remove('job 1')).toBeUndefined();
    expect(queue.sizeOf('root.a')).toBe(0);
    expect(queue.takeOlderThan(0)).toEqual([]);
  });

  it('come as from a list that is searched anew each time, whatever is added, taken and removed', () => {
    const action = fc.oneof(
      fc.record({
        channel: fc.constantFrom('root.a', 'root.b', 'root.c'),
        priority: fc.nat(2),
        seq: fc.nat(1_000),
      }),
      fc.constant('take' as const),
      fc.record({ remove: fc.nat(1_000) }),
    );
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 60 }),
        fc.subarray(['root.a', 'root.b', 'root.c']),
        (actions, open) => {
          const queue = new PrefetchQueue();
          let list: ClaimedJob[] = [];
          for (const one of actions) {
            let taken: ClaimedJob | undefined;
            let expected: ClaimedJob | undefined;
            if (one === 'take') {
              taken = queue.take(({ channel }) => open.includes(channel));
              expected = list.filter(({ channel }) => open.includes(channel)).sort(byOrder)[0];
            } else if ('remove' in one) {
              taken = queue.remove(`job ${one.remove}`);
              expected = list.find(({ seq }) => seq === one.remove);
            } else if (!list.some(({ seq }) => seq === one.seq)) {
              const added = job(one.seq, one.channel, one.priority);
              queue.add(added);
              list.push(added);
            }
            expect(taken).toBe(expected);
            list = list.filter((each) => each !== expected);
            expect(queue.size).toBe(list.length);
          }
          expect(queue.takeOlderThan(0).sort(byOrder)).toEqual(list.sort(byOrder));
          expect(queue.take(all)).toBeUndefined();
        },
      ),
    );
  });
});
