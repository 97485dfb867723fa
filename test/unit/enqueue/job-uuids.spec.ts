import { parse, validate, version } from 'uuid';
import { JobUuids } from '../../../lib/enqueue/job-uuids.js';

describe('the uuids of jobs', () => {
  const uuids = new JobUuids();
  // More than there are random bytes at hand.
  const made = Array.from({ length: 5_000 }, () => uuids.next());

  it('are of version 7 and tell when they were made', () => {
    expect(made.every((one) => validate(one) && version(one) === 7)).toBe(true);
    const [first = ''] = made;
    expect(Math.abs(Number.parseInt(first.replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(
      60_000,
    );
  });

  it('are each greater than the one before', () => {
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('share no random bytes', () => {
    const random = made.map((one) => Buffer.from(parse(one).subarray(11)).toString('hex'));
    expect(new Set(random).size).toBe(made.length);
  });
});
