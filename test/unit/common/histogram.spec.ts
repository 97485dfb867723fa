import fc from 'fast-check';
import { bucketOf, BUCKETS, percentile, totalOf, trimmed } from '../../../lib/common/histogram.js';

const histogram = (seconds: readonly number[]): number[] => {
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const one of seconds) counts[bucketOf(one)] = (counts[bucketOf(one)] ?? 0) + 1;
  return counts;
};
const exact = (seconds: readonly number[], share: number): number =>
  seconds.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(seconds.length * share)) - 1] as number;

describe('a sum from a histogram', () => {
  it('is at most 12 % off, or 0.1 ms a time', () => {
    const time = fc.double({ min: 0, max: 1_000_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(time, { maxLength: 100 }), (times) => {
        const wanted = times.reduce((sum, one) => sum + one, 0);
        const off = Math.abs(totalOf(histogram(times)) - wanted);
        expect(off).toBeLessThanOrEqual(0.0001 * times.length + 0.12 * wanted);
      }),
    );
  });
});

describe('a percentile from a histogram', () => {
  it('is at most 12 % off, or 0.1 ms, from the fastest job to one of two months', () => {
    const time = fc.oneof(
      fc.double({ min: 0, max: 0.01, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 5_000_000, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 0.99, 1),
        (times, share) => {
          const wanted = exact(times, share);
          const off = Math.abs((percentile(histogram(times), share) as number) - wanted);
          expect(off).toBeLessThanOrEqual(Math.max(0.0001, 0.12 * wanted));
        },
      ),
    );
  });

  it('is the same from histograms of parts, added up', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { minLength: 2 }), (times) => {
        const half = Math.floor(times.length / 2);
        const [a, b] = [histogram(times.slice(0, half)), histogram(times.slice(half))];
        expect(a.map((count, at) => count + (b[at] ?? 0))).toEqual(histogram(times));
      }),
    );
  });

  it('is null where nothing was counted', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([0, 0], 0.5)).toBeNull();
  });

  it.each([0, -1, Number.NaN, 0.0001])('takes %p for the shortest time', (seconds) =>
    expect(bucketOf(seconds)).toBe(0),
  );

  it('takes what is longer than all buckets into the last', () => {
    expect(bucketOf(Infinity)).toBe(BUCKETS - 1);
    expect(bucketOf(1e12)).toBe(BUCKETS - 1);
  });

  it('needs no empty buckets at the end', () => {
    const counts = histogram([0.5, 2, 7]);
    expect(trimmed(counts).length).toBeLessThan(BUCKETS);
    expect(percentile(trimmed(counts), 0.5)).toBe(percentile(counts, 0.5));
    expect(trimmed([0, 0])).toEqual([]);
  });
});
