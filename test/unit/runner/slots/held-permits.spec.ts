import { HeldPermits } from '../../../../lib/runner/slots/held-permits.js';

const permitsOf = (limiting: string[], throttled: string[] = []): HeldPermits => {
  const permits = new HeldPermits();
  permits.resync(
    { version: 3, limiting, throttled, rated: [], exceptions: [], paused: [], counted: [] },
    [],
    [],
  );
  return permits;
};

describe('the permits that a node holds', () => {
  it('are of every limiting channel at or above that of a job', () => {
    const permits = permitsOf(['root', 'root.a.b'], ['root']);
    expect(permits.limitingChannelsOf('root.a.b.c').toSorted()).toEqual(['root', 'root.a.b']);
    expect(permits.limitingChannelsOf('root.a')).toEqual(['root']);
    expect(permits.throttledOf('root.a.b')).toEqual(['root']);
  });

  it('go from a job that has ended to the next, all of them or none', () => {
    const permits = permitsOf(['root', 'root.a', 'root.b']);
    permits.hold('root.a');
    expect(permits.take('root.a')).toBe(false);
    permits.release('root.a');
    // That of root is free, that of root.b is not.
    expect(permits.take('root.b')).toBe(false);
    expect(permits.take('root.a')).toBe(true);
    expect(permits.take('root.a')).toBe(false);
  });

  it('that nobody took go back once', () => {
    const permits = permitsOf(['root', 'root.a']);
    for (const channel of ['root.a', 'root', 'root']) permits.hold(channel);
    for (const channel of ['root.a', 'root']) permits.release(channel);
    expect(permits.take('root')).toBe(true);
    expect(permits.takeFree([])).toEqual(new Map([['root', 1], ['root.a', 1]])); // prettier-ignore
    expect(permits.takeFree([])).toEqual(new Map());
  });

  it('that are kept for a prefetched job go back only when none waits that needs one', () => {
    const permits = permitsOf(['root', 'root.a', 'root.b']);
    permits.hold('root');
    permits.book({ 'root.a': 1, 'root.b': 1 });
    expect(permits.parallelism('root.a')).toBe(1);
    expect(permits.takeFree([['root.a', 3], ['root.b', 1]])).toEqual(new Map()); // prettier-ignore
    expect(permits.take('root.a')).toBe(false);
    permits.release('root');
    expect(permits.take('root.a')).toBe(true);
    expect(permits.takeFree([['root.a', 2]])).toEqual(new Map([['root.b', 1]])); // prettier-ignore
    expect(permits.takeFree([])).toEqual(new Map());
  });

  it('say how many jobs of a channel may run here at once', () => {
    const permits = permitsOf(['root', 'root.a']);
    expect(permitsOf([]).parallelism('root')).toBe(Infinity);
    permits.hold('root');
    permits.hold('root.a');
    expect(permits.parallelism('root')).toBe(2);
    expect(permits.parallelism('root.a')).toBe(1);
  });

  it('are counted anew when the channels have changed', () => {
    const permits = permitsOf(['root']);
    permits.hold('root');
    permits.release('root');
    permits.resync(
      { version: 4, limiting: ['root.a'], throttled: [], rated: [], exceptions: [], paused: [], counted: [] },
      [],
      [],
    );
    expect(permits.version).toBe(4);
    expect(permits.takeFree([])).toEqual(new Map());
    expect(permits.limitingChannelsOf('root.a')).toEqual(['root.a']);
  });
});
