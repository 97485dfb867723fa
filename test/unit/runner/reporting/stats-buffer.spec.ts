import { StatsBuffer } from '../../../../lib/runner/reporting/stats-buffer.js';

const MINUTE = 60_000;

describe('the statistics of a node', () => {
  it('are counted by minute, channel and name, and written a minute at a time', () => {
    const buffer = new StatsBuffer();
    // The clock of the database, whatever that of this process says.
    buffer.setClock(10 * MINUTE);
    const now = performance.now();
    buffer.count('done', 'root', 'Jobs.one', now, 0.5, 0.01);
    buffer.count('failed', 'root', 'Jobs.one', now, 0.5, 0.01);
    buffer.count('done', 'root.a', 'Jobs.two', now, 0, 0);
    buffer.count('done', 'root', 'Jobs.one', now + 2 * MINUTE, 0, 0);
    const first = buffer.next(7);
    expect(first).toMatchObject({ node: 7, number: 1, minute: 10 });
    expect(first?.rows).toMatchObject([
      { channel: 'root', name: 'Jobs.one', done: 1, failed: 1, retried: 0, cancelled: 0 },
      { channel: 'root.a', name: 'Jobs.two', done: 1 },
    ]);
    buffer.written();
    expect(buffer.next(7)).toMatchObject({ number: 2, minute: 12, rows: [{ done: 1 }] });
    buffer.written();
    expect(buffer.next(7)).toBeNull();
  });

  it('are the same batch, under the same number, until they were written', () => {
    const buffer = new StatsBuffer();
    buffer.count('done', 'root', 'Jobs.one', performance.now(), 0, 0);
    const batch = buffer.next(1);
    buffer.count('done', 'root', 'Jobs.one', performance.now(), 0, 0);
    expect(buffer.next(1)).toBe(batch);
    buffer.written();
    expect(buffer.next(1)).toMatchObject({ number: 2, rows: [{ done: 1 }] });
  });

  it('of what never began have no times', () => {
    const buffer = new StatsBuffer();
    buffer.countUntimed('cancelled', 'root', 'Jobs.one', performance.now());
    expect(buffer.next(1)?.rows).toMatchObject([{ cancelled: 1, wait: [], run: [] }]);
  });
});
