import { InvalidJobOptionError, RetryableJobError } from '../../../lib/index.js';

describe('RetryableJobError', () => {
  it.each([
    [0, 0],
    [1.5, 1.5],
    ['30 s', 30],
    ['10 min', 600],
    [undefined, undefined],
  ])('waits as long as it says: %p', (seconds, expected) => {
    expect(new RetryableJobError('later', seconds === undefined ? {} : { seconds }).seconds).toBe(expected);
  });

  it.each(['5', 'soon', '-1 s', '101 years'])('refuses a duration that is none: %p', (seconds) => {
    expect(() => new RetryableJobError('later', { seconds })).toThrow(InvalidJobOptionError);
  });
});
