import { mergeReadyJobs, parseReadyJobs, readyJobsOf } from '../../../../lib/store/notify/ready-jobs.js';

const UUID = '01a20fa5-939d-76c3-844c-02f7cc49b7fe';

describe('ready jobs', () => {
  it('of one function and channel are one entry, with the last of them', () => {
    const jobs = ['a', 'b', 'c'].map((uuid) => ({ uuid, name: 'Mails.send', channel: 'root' }));
    expect(readyJobsOf(jobs)).toEqual([{ count: 3, uuid: 'c', name: 'Mails.send', channel: 'root' }]);
  });

  it('of very many kinds are one entry, of any kind', () => {
    const jobs = Array.from({ length: 500 }, (_, at) => ({
      uuid: `${at}`,
      name: 'A.b',
      channel: `root.${at}`,
    }));
    expect(readyJobsOf(jobs)).toEqual([{ count: 500 }]);
  });

  it('for which others come stay apart', () => {
    const one = { count: 1, lot: 1, name: 'A.b', channel: 'root' };
    const others = [
      { ...one, lot: 2 },
      { ...one, first: 3 },
      { ...one, passed: [4] },
      { ...one, channel: 'root.x' },
    ];
    expect(mergeReadyJobs([one], others)).toEqual([one, ...others]);
    expect(mergeReadyJobs([one], [{ ...one, count: 4 }])).toEqual([{ ...one, count: 5 }]);
  });

  it('are heard as they were sent', () => {
    const jobs = [
      { count: 2, lot: 5, uuid: UUID, name: 'A.b', channel: 'root', first: 3, passed: [4] },
      { count: 1, lot: 6, freed: ['root'] },
    ];
    expect(parseReadyJobs(JSON.parse(JSON.stringify(jobs)))).toEqual(jobs);
  });

  it.each([
    5, null, {}, [5], [null], [{}], [{ lot: 5 }], [{ count: 0 }], [{ count: 1.5 }], [{ count: 1, lot: '5' }],
    [{ count: 1, uuid: 'x' }], [{ count: 1, name: 5 }], [{ count: 1, passed: ['x'] }], [{ count: 1, freed: [5] }],
    [{ count: 1, other: 5 }], Array.from({ length: 9 }, () => ({ count: 1 })),
  ])('that no process sends are none: %j', (given) => {
    expect(parseReadyJobs(given)).toBeUndefined();
  }); // prettier-ignore
});
