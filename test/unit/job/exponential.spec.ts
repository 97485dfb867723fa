import fc from 'fast-check';
import { InvalidJobOptionError } from '../../../lib/errors/invalid-job-option.error.js';
import { exponential, type ExponentialOptions } from '../../../lib/job/exponential.js';
import { secondsUntilRetry, validateRetryPattern } from '../../../lib/job/retry-pattern.js';

describe('an exponential backoff', () => {
  it('grows by its factor up to its longest, and stays there', () => {
    const pattern = exponential({ from: '5 s', factor: 2, upTo: '1 min' });
    expect([1, 2, 3, 4, 5, 6, 100].map((attempt) => secondsUntilRetry(pattern, attempt))).toEqual([
      5, 10, 20, 40, 60, 60, 60,
    ]);
  });

  it('doubles where no factor is given', () => {
    expect(exponential({ from: 1, upTo: 4 })).toEqual({ 1: 1, 2: 2, 3: 4 });
  });

  it('is off by its jitter, both ways, after the bound', () => {
    expect(exponential({ from: '5 s', factor: 2, upTo: '10 s', jitter: 0.2 })).toEqual({
      1: [4, 6],
      2: [8, 12],
    });
  });

  it('is a pattern like any other, whatever the options', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 1.05, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, factor, more, jitter) => {
          const pattern = exponential({ from, factor, upTo: from + more, jitter });
          expect(validateRetryPattern(pattern)).toEqual(pattern);
          for (const [attempt, random] of [
            [1, 0],
            [7, 0.999],
            [10_000, 0.5],
          ] as const) {
            const ideal = Math.min(from + more, from * factor ** (attempt - 1));
            const seconds = secondsUntilRetry(pattern, attempt, () => random);
            expect(seconds).toBeGreaterThanOrEqual(Math.floor(ideal * (1 - jitter)) - 1);
            expect(seconds).toBeLessThanOrEqual(Math.ceil(ideal * (1 + jitter)) + 1);
          }
        },
      ),
    );
  });

  it.each<[object, string]>([
    [{ from: 0, upTo: 5 }, 'exponential(): from must be whole seconds from 1'],
    [{ from: '1.5 s', upTo: 5 }, "not '1.5 s'"],
    [{ from: 'soon', upTo: 5 }, "not 'soon'"],
    [{ upTo: 5 }, 'exponential(): from must be'],
    [{ from: 5 }, 'exponential(): upTo must be whole seconds from 5'],
    [{ from: 5, upTo: 4 }, 'not 4'],
    [{ from: 5, upTo: Infinity }, 'not Infinity'],
    [{ from: 5, upTo: 50, factor: 1 }, 'exponential(): factor must be above 1'],
    [{ from: 5, upTo: 50, factor: 0.5 }, 'a number from 1 to 100, not 0.5'],
    [{ from: 5, upTo: 50, factor: '2' }, "not '2'"],
    [{ from: 5, upTo: 50, jitter: 1.1 }, 'exponential(): jitter must be a number from 0 to 1, not 1.1'],
    [{ from: 5, upTo: 50, jitter: NaN }, 'not NaN'],
    [{ from: 1, upTo: 100_000, factor: 1.001 }, 'takes more than 1000 attempts'],
    [
      { from: 5, upTo: 50, base: 2 },
      "exponential() has no property 'base'; it has from, factor, upTo, jitter.",
    ],
    [[], 'exponential() takes an object of options'],
  ])('is refused as %j', (options, message) => {
    const make = (): unknown => exponential(options as ExponentialOptions);
    expect(make).toThrow(InvalidJobOptionError);
    expect(make).toThrow(message);
  });
});

describe('a retry pattern', () => {
  it('takes durations', () => {
    expect(validateRetryPattern({ 1: '10 s', 5: '10 min', 9: ['1 min', 90] })).toEqual({
      1: 10,
      5: 600,
      9: [60, 90],
    });
  });
});
