import { describe, expect, test } from '@jest/globals';
import { changesOf, formOf } from '../../../lib/dashboard/ui/pages/channels/channel-form.js';

const CHANNEL = {
  capacity: 4,
  sequential: false,
  throttle: null,
  rate: null,
  fair: false,
  paused: false,
  removalInterval: 7 * 86_400_000,
};

describe('The form of a channel', () => {
  test('changes nothing where nobody has typed, whatever the interval is', () => {
    for (const removalInterval of [null, 0, 1, 1_500, 60_000, 5_400_000, 86_400_000]) {
      const channel = { ...CHANNEL, removalInterval };
      expect(changesOf(formOf(channel), channel)).toEqual({ changes: {}, errors: {} });
    }
  });

  test('takes only numbers: what is none changes nothing, and nothing is no limit', () => {
    const form = formOf(CHANNEL);
    for (const capacity of ['-1', '1.5', 'x', '1e3', '0x10', 'Infinity', 'NaN']) {
      expect(changesOf({ ...form, capacity }, CHANNEL)).toEqual({
        changes: {},
        errors: { capacity: 'wholeNumber' },
      });
    }
    expect(changesOf({ ...form, capacity: ' ' }, CHANNEL).changes).toEqual({ capacity: null });
    expect(changesOf({ ...form, throttle: '0,5' }, CHANNEL).changes).toEqual({ throttle: 0.5 });
    expect(changesOf({ ...form, rate: ' 100 / 60 ' }, CHANNEL).changes).toEqual({
      rate: { limit: 100, per: 60 },
    });
    expect(changesOf({ ...form, rate: '100' }, CHANNEL)).toEqual({ changes: {}, errors: { rate: 'rate' } });
    const rated = { ...CHANNEL, rate: { limit: 5, per: 1.5 } };
    expect(changesOf(formOf(rated), rated)).toEqual({ changes: {}, errors: {} });
  });

  test('gives the interval in milliseconds, of the unit that was chosen', () => {
    const form = formOf(CHANNEL);
    expect(form).toMatchObject({ removal: '7', unit: 'day' });
    expect(changesOf({ ...form, removal: '36', unit: 'hour' }, CHANNEL).changes).toEqual({
      removalInterval: 129_600_000,
    });
  });
});
