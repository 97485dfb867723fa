import fc from 'fast-check';

import { InvalidJobOptionError } from '../../../lib/errors/invalid-job-option.error.js';
import { secondsUntilRetry, validateRetryPattern } from '../../../lib/job/retry-pattern.js';

const table = (pattern: Parameters<typeof secondsUntilRetry>[0], tries: readonly number[]): number[] =>
  tries.map((count) => secondsUntilRetry(pattern, count));

describe('the seconds until the next try', () => {
  it('are those of the largest key that is not above the tries made', () => {
    const pattern = { 1: 10, 5: 20, 10: 30, 15: 300 };
    expect(table(pattern, [1, 2, 3, 4])).toEqual([10, 10, 10, 10]);
    expect(table(pattern, [5, 6, 7, 8, 9])).toEqual([20, 20, 20, 20, 20]);
    expect(table(pattern, [10, 11, 12, 13, 14])).toEqual([30, 30, 30, 30, 30]);
    expect(table(pattern, [15, 16, 100, 100_000])).toEqual([300, 300, 300, 300]);
  });

  it('are those of the seed, in minutes and hours', () => {
    expect(
      table({ 1: 10 * 60, 5: 20 * 60, 10: 30 * 60, 15: 12 * 60 * 60 }, [1, 4, 5, 9, 10, 14, 15]),
    ).toEqual([600, 600, 1200, 1200, 1800, 1800, 43_200]);
  });

  it('are 600 without a pattern, and below its first key', () => {
    expect(table(undefined, [1, 2, 50])).toEqual([600, 600, 600]);
    expect(table({ 3: 7 }, [1, 2, 3])).toEqual([600, 600, 7]);
  });

  it('may be 0', () => {
    expect(table({ 1: 0 }, [1, 2])).toEqual([0, 0]);
  });

  it('are taken from key 0 at the first try too', () => {
    expect(table({ 0: 5, 2: 9 }, [1, 2])).toEqual([5, 9]);
  });

  it('of a pair include both ends, each value as likely as the next', () => {
    const at = (random: number): number => secondsUntilRetry({ 1: [3, 5] }, 1, () => random);
    expect([0, 0.333, 0.334, 0.666, 0.667, 0.999_999].map(at)).toEqual([3, 3, 4, 4, 5, 5]);
    expect(secondsUntilRetry({ 1: [4, 4] }, 1)).toBe(4);
  });

  it('of a pair reach both ends with the usual chance', () => {
    const seen = new Set(Array.from({ length: 500 }, () => secondsUntilRetry({ 1: [1, 3] }, 1)));
    expect(seen).toEqual(new Set([1, 2, 3]));
  });

  it('of any pair are a whole number within it, and of any pattern a value of it', () => {
    const seconds = fc.nat(1_000_000);
    const pair = fc
      .tuple(seconds, seconds)
      .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
    const patterns = fc.dictionary(fc.nat(50).map(String), fc.oneof(seconds, pair), { minKeys: 1 });
    fc.assert(
      fc.property(
        patterns,
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, tries, random) => {
          const pattern = validateRetryPattern(given);
          const result = secondsUntilRetry(pattern, tries, () => random);
          // Looked up from the tries downwards, unlike in the library.
          let key = tries;
          while (key >= 0 && !(String(key) in given)) key -= 1;
          const value = given[String(key)] ?? 600;
          const [min, max] = typeof value === 'number' ? [value, value] : value;
          expect(Number.isInteger(result)).toBe(true);
          expect(result).toBeGreaterThanOrEqual(min);
          expect(result).toBeLessThanOrEqual(max);
        },
      ),
    );
  });
});

describe('a retry pattern', () => {
  it('is copied, so that a later change of the original means nothing', () => {
    const pair: [number, number] = [1, 2];
    const given = { 1: 10, 5: pair };
    const pattern = validateRetryPattern(given);
    given[1] = 99;
    pair[0] = 99;
    expect(pattern).toEqual({ 1: 10, 5: [1, 2] });
    expect(Object.isFrozen(pattern) && Object.isFrozen(pattern[5])).toBe(true);
  });

  it.each<[unknown, RegExp]>([
    [{}, /retryPattern is empty: leave it out to retry after 600 s, or give/],
    [null, /retryPattern must be an object of attempts and seconds, such as .*, not null/],
    [undefined, /not undefined/],
    [10, /not 10/],
    ['1:10', /not '1:10'/],
    [[10, 20], /not \[ ?10, 20 ?\]/],
    [new Map([[1, 10]]), /retryPattern must be an object/],
    [{ '-1': 10 }, /a key is the number of attempts, a whole number of at least 0, not '-1'/],
    [{ 1.5: 10 }, /not '1\.5'/],
    [{ '01': 10 }, /not '01'/],
    [{ first: 10 }, /not 'first'/],
    [{ ' 1': 10 }, /not ' 1'/],
    [{ '1e3': 10 }, /not '1e3'/],
    [{ Infinity: 10 }, /not 'Infinity'/],
    [{ '99999999999999999999': 10 }, /not '99999999999999999999'/],
    [
      { 1: -1 },
      /retryPattern\[1\] must be whole seconds from 0 to 3155760000, a duration of whole seconds such as '10 min', or a pair \[min, max\] of them with min ≤ max, not -1/,
    ],
    [{ 1: 10, 5: 1.5 }, /retryPattern\[5\].*not 1\.5/],
    [{ 1: NaN }, /not NaN/],
    [{ 1: Infinity }, /not Infinity/],
    [{ 1: 3_155_760_001 }, /not 3155760001/],
    [{ 1: '10' }, /not '10'/],
    [{ 1: null }, /not null/],
    [{ 1: undefined }, /not undefined/],
    [{ 1: [20, 10] }, /not \[ ?20, 10 ?\]/],
    [{ 1: [10] }, /not \[ ?10 ?\]/],
    [{ 1: [10, 20, 30] }, /not \[ ?10, 20, 30 ?\]/],
    [{ 1: [10, 20.5] }, /not \[ ?10, 20\.5 ?\]/],
    [{ 1: [-1, 20] }, /not \[ ?-1, 20 ?\]/],
    [{ 1: [] }, /not \[\]/],
  ])('is refused as %j', (pattern, message) => {
    expect(() => validateRetryPattern(pattern)).toThrow(InvalidJobOptionError);
    expect(() => validateRetryPattern(pattern)).toThrow(message);
  });

  it('throws nothing but InvalidJobOptionError, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          expect(Object.keys(validateRetryPattern(value))).not.toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidJobOptionError);
        }
      }),
    );
  });
});
