import { InvalidJobOptionError } from '../../../lib/errors/invalid-job-option.error.js';
import { parseMilliseconds } from '../../../lib/common/duration.js';
import { parseEta } from '../../../lib/job/eta.js';

describe('eta', () => {
  it.each<[number | string, number]>([
    [0, 0],
    [-0, 0],
    [0.25, 0.25],
    [18_000, 18_000],
    [3_155_760_000, 3_155_760_000],
    ['5h', 18_000],
    ['30 s', 30],
    ['250ms', 0.25],
    ['1.5 days', 129_600],
    [' 2 min ', 120],
    ['100y', 3_155_760_000],
  ])('of %j is %d seconds from now', (eta, seconds) => {
    expect(parseEta(eta)).toEqual({ inSeconds: seconds });
  });

  it.each([new Date(0), new Date('2031-02-03T04:05:06.789Z'), new Date('9999-12-31T23:59:59Z')])(
    'may be the Date %p, a passed one too',
    (date) => {
      expect(parseEta(date)).toEqual({ at: date });
    },
  );

  it('does not change with the Date that it was given', () => {
    const date = new Date('2031-01-01T00:00:00Z');
    const eta = parseEta(date);
    date.setFullYear(1999);
    expect(eta).toEqual({ at: new Date('2031-01-01T00:00:00Z') });
  });

  it.each([
    -1,
    -0.001,
    NaN,
    Infinity,
    3_155_760_001,
    '',
    '   ',
    '5',
    '-5h',
    'soon',
    '101y',
    '2031-01-01T00:00:00Z',
    `${'9'.repeat(200)}h`,
    new Date(NaN),
    new Date(8.64e15),
    new Date(-8.64e15),
    null,
    undefined,
    true,
    5n,
    {},
    [],
  ])('is refused as %p', (eta) => {
    expect(() => parseEta(eta as number)).toThrow(InvalidJobOptionError);
    expect(() => parseEta(eta as number)).toThrow(
      /^eta must be seconds from now \(0 to 3155760000\), a duration such as '5h', or a valid Date .*, not /,
    );
  });
});

describe('a number of milliseconds', () => {
  it.each<[number | string, number]>([
    [0, 0],
    [1500, 1500],
    [0.5, 0.5],
    ['1.5s', 1500],
    ['30 s', 30_000],
    ['5h', 18_000_000],
    ['7 DAYS', 604_800_000],
  ])('of %j is %d', (value, millis) => {
    expect(parseMilliseconds('shutdownTimeout', value)).toBe(millis);
  });

  it.each([-1, NaN, Infinity, '5', '', '-3s', '5 parsecs', '101 years', null, undefined, 5n, new Date(0)])(
    'is refused as %p',
    (value) => {
      expect(() => parseMilliseconds('shutdownTimeout', value as number)).toThrow(InvalidJobOptionError);
      expect(() => parseMilliseconds('shutdownTimeout', value as number)).toThrow(
        /^shutdownTimeout must be milliseconds of at least 0 or a duration such as '30 s', 36525 days at most, not /,
      );
    },
  );

  it('is held to the maximum that it is given', () => {
    expect(parseMilliseconds('poll', '2s', 2000)).toBe(2000);
    expect(() => parseMilliseconds('poll', 2001, 2000)).toThrow(
      /^poll must be .*, 2 seconds at most, not 2001/,
    );
  });
});
