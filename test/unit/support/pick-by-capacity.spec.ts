import fc from 'fast-check';

import { ancestorsOf } from '../../../lib/channel/channel-name.js';
import { configFor } from '../../support/config-for.js';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import { type Moment, type OrderedJob, pickByCapacity } from '../../support/pick-by-capacity.js';

/** 'mail 10 1' is a job of root.mail with priority 10 that was created first. */
function job(text: string): OrderedJob {
  const [channel = '', priority, seq] = text.split(' ');
  return {
    channel: channel === 'root' ? 'root' : `root.${channel}`,
    priority: Number(priority),
    seq: Number(seq),
  };
}

function pick(
  channels: string,
  ready: readonly string[],
  more: Partial<Omit<Moment<OrderedJob>, 'channels' | 'ready'>> = {},
): number[] {
  return pickByCapacity({ channels: parseChannels(channels), ready: ready.map(job), ...more }).map(
    ({ seq }) => seq,
  );
}

describe('the order', () => {
  it('is by priority, then creation, over all channels', () => {
    expect(pick('a:9,b:9', ['a 10 4', 'b 10 2', 'a 5 3', 'root 10 1'])).toEqual([3, 1, 2, 4]);
  });

  it('is without limit where nothing is said, up to what was asked for', () => {
    expect(pick('', ['a 1 1', 'a 1 2', 'b 1 3'])).toEqual([1, 2, 3]);
    expect(pick('', ['a 1 1', 'a 1 2', 'b 1 3'], { limit: 2 })).toEqual([1, 2]);
    expect(pick('', ['a 1 1'], { limit: 0 })).toEqual([]);
  });
});

describe('capacity', () => {
  it('counts what runs', () => {
    expect(pick('a:3', ['a 1 1', 'a 1 2', 'a 1 3'], { running: ['root.a'] })).toEqual([1, 2]);
  });

  it('counts the jobs of subchannels', () => {
    expect(pick('a:3', ['a.x 1 1', 'a.y.z 1 2', 'a 1 3'], { running: ['root.a.b'] })).toEqual([1, 2]);
  });

  it('does not count a channel whose name only begins alike', () => {
    expect(pick('a:1', ['a 1 1'], { running: ['root.ab'] })).toEqual([1]);
  });

  it('needs room in every channel above', () => {
    expect(pick('root:2,a:5,a.x:1', ['a.x 1 1', 'a.x 1 2', 'a 1 3', 'b 1 4'])).toEqual([1, 3]);
  });

  it('of 0 starts nothing', () => {
    expect(pick('a:0', ['a 1 1', 'b 1 2'])).toEqual([2]);
  });

  it('lowered below what runs starts nothing new until there is room', () => {
    expect(pick('a:1', ['a 1 1'], { running: ['root.a', 'root.a', 'root.a'] })).toEqual([]);
    expect(pick('a:1', ['a 1 1'], { running: [] })).toEqual([1]);
  });

  it('that is used up holds nobody up outside its own channel', () => {
    expect(pick('a:1,b:1', ['a 1 1', 'a 1 2', 'b 9 3'])).toEqual([1, 3]);
  });

  it('of a wildcard is for each of its channels', () => {
    expect(pick('t.*:1', ['t.x 1 1', 't.x 1 2', 't.y 1 3', 't 1 4', 't 1 5'])).toEqual([1, 3, 4, 5]);
  });
});

describe('paused', () => {
  it('starts nothing in the channel and below, and holds nobody else up', () => {
    expect(pick('a:9:paused', ['a 1 1', 'a.x 1 2', 'b 1 3'])).toEqual([3]);
  });
});

describe('sequential', () => {
  it('starts one job, the first', () => {
    expect(pick('a:1:sequential', ['a 10 1', 'a 5 2'])).toEqual([2]);
    expect(pick('a:1:sequential', ['a 10 1'], { running: ['root.a'] })).toEqual([]);
  });

  it.each(['root.a', 'root.a.x'])('is stopped by a failed job of %s', (failed) => {
    expect(pick('a:1:sequential', ['a 10 5', 'a.y 10 6', 'b 10 7'], { failed: [failed] })).toEqual([7]);
  });

  it('is not stopped by a failed job elsewhere', () => {
    expect(pick('a:1:sequential', ['a 10 5'], { failed: ['root', 'root.ab', 'root.b'] })).toEqual([5]);
  });

  it('stops those after a job that waits for its eta, not those before', () => {
    const waiting = [job('a 10 5')];
    expect(pick('a:1:sequential', ['a 10 6'], { waiting })).toEqual([]);
    expect(pick('a:1:sequential', ['a 20 1'], { waiting })).toEqual([]);
    expect(pick('a:1:sequential', ['a 10 4'], { waiting })).toEqual([4]);
    expect(pick('a:1:sequential', ['a 5 6'], { waiting })).toEqual([6]);
  });

  it('is not stopped by what waits elsewhere', () => {
    expect(pick('a:1:sequential', ['a 10 6'], { waiting: [job('b 1 1'), job('root 1 2')] })).toEqual([6]);
  });

  it('lets nobody pass a first job that has no room further down', () => {
    expect(pick('a:1:sequential,a.x:0', ['a.x 10 1', 'a 10 2', 'b 10 3'])).toEqual([3]);
  });

  it('lets others pass in a channel that is not sequential', () => {
    expect(
      pick('a:1,a.x:0', ['a.x 10 1', 'a 10 2'], { failed: ['root.a'], waiting: [job('a 1 0')] }),
    ).toEqual([2]);
  });
});

describe('throttle', () => {
  it('starts one job at a time', () => {
    expect(pick('a:9:throttle=2', ['a 1 1', 'a.x 1 2', 'b 1 3'])).toEqual([1, 3]);
  });

  it('starts nothing before the next start, and one job from then on', () => {
    const nextStart = new Map([['root.a', 100]]);
    expect(pick('a:9:throttle=2', ['a 1 1', 'a 1 2'], { nextStart, now: 99.9 })).toEqual([]);
    expect(pick('a:9:throttle=2', ['a 1 1', 'a 1 2'], { nextStart, now: 100 })).toEqual([1]);
  });
});

describe('fair', () => {
  it('lets subchannels take turns among jobs of equal priority', () => {
    expect(pick('f:9:fair', ['f.a 1 1', 'f.a 1 2', 'f.a 1 3', 'f.b 1 4', 'f.b 1 5', 'f.c 1 6'])).toEqual([
      1, 4, 6, 2, 5, 3,
    ]);
  });

  it('puts priority before turns', () => {
    expect(pick('f:9:fair', ['f.a 1 1', 'f.a 1 2', 'f.b 2 3'])).toEqual([1, 2, 3]);
  });

  it('serves the least recently served first, and those never served before all others', () => {
    const ready = ['f.a 1 1', 'f.b 1 2', 'f.c 1 3'];
    expect(pick('f:9:fair', ready, { served: ['root.f.b', 'root.f.a.deep', 'root.g'], limit: 3 })).toEqual([
      3, 2, 1,
    ]);
    expect(pick('f:9:fair', ready, { served: ['root.f.a', 'root.f.b', 'root.f.c', 'root.f.a'] })).toEqual([
      2, 3, 1,
    ]);
  });

  it('counts what lies deeper to its direct subchannel, and keeps the order there', () => {
    expect(pick('f:9:fair', ['f.a.x 1 1', 'f.a.y 1 2', 'f.b 1 3'])).toEqual([1, 3, 2]);
  });

  it('lets its own jobs take their turn as one more subchannel', () => {
    expect(pick('f:9:fair', ['f 1 1', 'f 1 2', 'f.a 1 3', 'f.a 1 4'])).toEqual([1, 3, 2, 4]);
  });

  it('passes over a subchannel that has no room', () => {
    expect(pick('f:9:fair,f.a:1', ['f.a 1 1', 'f.a 1 2', 'f.b 1 3', 'f.b 1 4'])).toEqual([1, 3, 4]);
  });

  it('is due neither more nor less beside other channels than if it were not fair', () => {
    // In plain order f has places 1, 2 and 4; turns only decide which of its jobs take them.
    expect(pick('f:9:fair', ['f.a 1 1', 'f.a 1 2', 'g 1 3', 'f.b 1 4'])).toEqual([1, 4, 2, 3]);
  });

  it('starts the ten jobs of one tenant among the first twenty, whatever another has', () => {
    const many = Array.from({ length: 200 }, (_, at) => `f.many 1 ${at}`);
    const few = Array.from({ length: 10 }, (_, at) => `f.few 1 ${1000 + at}`);
    expect(pick('f:20:fair', [...many, ...few]).filter((seq) => seq >= 1000)).toHaveLength(10);
  });

  it('works on every level that is fair', () => {
    expect(pick('f:9:fair,f.a:9:fair', ['f.a.x 1 1', 'f.a.x 1 2', 'f.a.y 1 3', 'f.b 1 4'])).toEqual([
      1, 4, 3, 2,
    ]);
  });

  it('gives way to a strict order above it', () => {
    expect(pick('s:1:sequential:fair', ['s.a 1 1', 's.b 1 2'], { served: ['root.s.a'] })).toEqual([1]);
  });
});

describe('for any tree and any jobs', () => {
  const paths = ['root', 'root.a', 'root.a.x', 'root.a.y', 'root.b', 'root.b.x'] as const;
  const path = fc.constantFrom(...paths);
  const capacities = fc.array(
    fc.tuple(path, fc.nat(3), fc.constantFrom('', ':fair', ':paused', ':throttle=1')),
    {
      maxLength: 6,
    },
  );
  const jobs = fc
    .array(fc.record({ priority: fc.nat(2), channel: path }), { maxLength: 15 })
    .map((list) => list.map((one, seq) => ({ ...one, seq })));
  const moments = fc
    .record({ entries: capacities, ready: jobs, running: fc.array(path, { maxLength: 4 }) })
    .map(({ entries, ready, running }) => ({
      channels: parseChannels(entries.map((entry) => `${entry[0]}:${entry[1]}${entry[2]}`).join(',')),
      ready,
      running,
    }));
  const within = (channel: string, name: string): boolean => ancestorsOf(channel).includes(name);

  it('never goes above a capacity, nor starts what is paused', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const picked = pickByCapacity(moment).map(({ channel }) => channel);
        for (const { name, capacity, paused } of moment.channels) {
          const before = moment.running.filter((channel) => within(channel, name)).length;
          const started = picked.filter((channel) => within(channel, name)).length;
          expect(started).toBeLessThanOrEqual(paused ? 0 : Math.max(0, (capacity ?? Infinity) - before));
        }
      }),
    );
  });

  it('leaves no job behind for which every channel above has room', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const picked = pickByCapacity(moment);
        const out = [...moment.running, ...picked.map(({ channel }) => channel)];
        for (const left of moment.ready.filter((one) => !picked.includes(one))) {
          const stops = ancestorsOf(left.channel)
            .map((name) => configFor(name, moment.channels))
            .filter(({ name, capacity, paused, throttle }) => {
              const used = out.filter((channel) => within(channel, name)).length;
              const justStarted = throttle !== null && picked.some(({ channel }) => within(channel, name));
              return paused || justStarted || used >= (capacity ?? Infinity);
            });
          expect(stops).not.toEqual([]);
        }
      }),
    );
  });

  it('starts the jobs of one channel in their order', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        for (const name of paths) {
          const started = pickByCapacity(moment).filter(({ channel }) => channel === name);
          expect(started).toEqual(started.toSorted((a, b) => a.priority - b.priority || a.seq - b.seq));
        }
      }),
    );
  });

  it('does not depend on the order in which it is told the ready jobs, and leaves its input alone', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const before = structuredClone(moment);
        const picked = pickByCapacity(moment);
        expect(moment).toEqual(before);
        expect(pickByCapacity({ ...moment, ready: moment.ready.toReversed() })).toEqual(picked);
      }),
    );
  });
});
