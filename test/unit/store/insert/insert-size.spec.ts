import { inStatements, MAX_STATEMENT_CHARACTERS } from '../../../../lib/store/insert/insert-size.js';
import { newJob } from '../../../support/new-job.js';

const jobOf = (characters: number) =>
  newJob({ args: 'x'.repeat(characters), description: '', context: null });

describe('the parts of an INSERT', () => {
  it('are one for all that is small, and none for nothing', () => {
    const jobs = [jobOf(1), jobOf(2), jobOf(3)];
    expect(inStatements(jobs)).toEqual([jobs]);
    expect(inStatements([])).toEqual([]);
  });

  it('hold at most so many characters each, in the order of the jobs', () => {
    const half = MAX_STATEMENT_CHARACTERS / 2;
    const jobs = [jobOf(half), jobOf(half), jobOf(1), jobOf(half)];
    expect(inStatements(jobs)).toEqual([
      [jobs[0], jobs[1]],
      [jobs[2], jobs[3]],
    ]);
  });

  it('hold a job alone that is larger', () => {
    const jobs = [jobOf(1), jobOf(MAX_STATEMENT_CHARACTERS + 1), jobOf(1)];
    expect(inStatements(jobs)).toEqual(jobs.map((job) => [job]));
  });

  it('count what is captured and described, too', () => {
    const third = 'x'.repeat(MAX_STATEMENT_CHARACTERS / 3 + 1);
    const jobs = [newJob({ args: third, description: third, context: third }), jobOf(1)];
    expect(inStatements(jobs)).toHaveLength(2);
  });
});
