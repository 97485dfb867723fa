import { PrefetchPolicy } from '../../../../lib/runner/slots/prefetch-policy.js';

describe('how many jobs a node prefetches', () => {
  it('is about 50 ms of work, for as many as run at a time', () => {
    const policy = new PrefetchPolicy();
    policy.note('root', 5);
    expect(policy.wantedFor('root', 1)).toBe(10);
    expect(policy.wantedFor('root', 4)).toBe(40);
    expect(policy.wantedFor('root', 0)).toBe(0);
    expect(policy.wantedFor('root.unknown', 4)).toBe(0);
  });

  it('is none where jobs last, from the first long one on, and some again when short ones have come for a while', () => {
    const policy = new PrefetchPolicy();
    policy.note('root', 1);
    policy.note('root', 200);
    expect(policy.shortChannels()).toEqual([]);
    expect(policy.wantedFor('root', 4)).toBe(0);
    let jobs = 0;
    for (; policy.shortChannels().length === 0 && jobs < 100; jobs += 1) policy.note('root', 1);
    expect(jobs).toBeGreaterThan(3);
    expect(jobs).toBeLessThan(30);
  });

  it('is bounded in all, and shared by what each channel wants', () => {
    const policy = new PrefetchPolicy();
    policy.note('root', 0);
    expect(policy.wantedFor('root', 100)).toBe(1_000);
    const shared = policy.share(new Map([['root.a', 1_500], ['root.b', 500]]), 100); // prettier-ignore
    expect(shared).toEqual({ channels: new Map([['root.a', 750], ['root.b', 250]]), most: 1_000 }); // prettier-ignore
    const few = new Map([['root.a', 3]]);
    expect(policy.share(few, 100)).toEqual({ channels: few, most: 3 });
  });

  it('is no more than 50 ms of work for all slots, however many channels it is shared out to', () => {
    const policy = new PrefetchPolicy();
    const channels = Array.from({ length: 500 }, (_, at) => `root.${at}`);
    for (const channel of channels) policy.note(channel, 25);
    const wanted = new Map(channels.map((channel) => [channel, policy.wantedFor(channel, 1)]));
    expect(wanted.get('root.0')).toBe(2);
    const { channels: shared, most } = policy.share(wanted, 50);
    expect(most).toBe(100);
    expect(new Set(shared.values())).toEqual(new Set([1]));
  });

  it('remembers a thousand channels, and forgets the oldest', () => {
    const policy = new PrefetchPolicy();
    for (let at = 0; at <= 1_000; at += 1) policy.note(`root.${at}`, 1);
    expect(policy.shortChannels()).toHaveLength(1_000);
    expect(policy.wantedFor('root.0', 1)).toBe(0);
  });

  it('of channels whose pace is not known is bounded, and none unless jobs are short on the whole', () => {
    const policy = new PrefetchPolicy();
    expect(policy.wantedUnknown(4)).toBe(0);
    policy.note('root.a', 5);
    expect(policy.wantedUnknown(4)).toBe(40);
    policy.note('root.b', 0);
    expect(policy.wantedUnknown(1_000)).toBe(250);
    policy.note('root.c', 1_000);
    expect(policy.wantedUnknown(4)).toBe(0);
    expect([...policy.knownChannels()]).toEqual(['root.a', 'root.b', 'root.c']);
  });
});
