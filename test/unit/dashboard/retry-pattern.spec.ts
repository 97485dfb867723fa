import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  inputsOf,
  readInputs,
  stepsOf,
  waitAfter,
} from '../../../lib/dashboard/ui/pages/functions/retry-pattern.js';
import { secondsUntilRetry, validateRetryPattern } from '../../../lib/job/retry-pattern.js';

const seconds = fc.nat({ max: 100_000 });
const pattern = fc.dictionary(
  fc.nat({ max: 15 }).map(String),
  fc.oneof(
    seconds,
    fc.tuple(seconds, seconds).map(([one, other]) => [one, one + other + 1] as const),
  ),
  { minKeys: 1, noNullPrototype: true },
);

describe('The retry patterns on the page', () => {
  test('foretell the waits that the library makes', () => {
    fc.assert(
      fc.property(pattern, fc.integer({ min: 1, max: 20 }), (given, tries) => {
        const wait = waitAfter(given, tries);
        const [least, most] = typeof wait === 'number' ? [wait, wait] : wait;
        const checked = validateRetryPattern(given);
        expect(secondsUntilRetry(checked, tries, () => 0)).toBe(least);
        expect(secondsUntilRetry(checked, tries, () => 0.999_999_999)).toBe(most);
      }),
    );
    expect(waitAfter(null, 3)).toBe(secondsUntilRetry(undefined, 3));
  });

  test('come back from the editor as they went in', () => {
    fc.assert(
      fc.property(pattern, (given) => {
        expect(readInputs(inputsOf(given))).toEqual({ pattern: given, errors: new Map() });
      }),
    );
  });

  test('are told from the first try on, with the wait before the first key', () => {
    expect(stepsOf({ 3: 20 })).toEqual([
      { from: 1, to: 2, wait: 600 },
      { from: 3, to: null, wait: 20 },
    ]);
    expect(stepsOf({ 0: 5, 1: 10 })).toEqual([{ from: 1, to: null, wait: 10 }]);
  });
});
