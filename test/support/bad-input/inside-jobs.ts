import {
  type currentJob,
  InvalidJobOptionError,
  type JobRunner,
  RetryableJobError,
} from '../../../lib/index.js';
import { type BadInput, refusedWith, wrong } from './bad-input.js';

type Inside = ReturnType<typeof currentJob>;

const inside = refusedWith<Inside>(InvalidJobOptionError, 'INVALID_JOB_OPTION');
const runner = refusedWith<JobRunner>(InvalidJobOptionError, 'INVALID_JOB_OPTION');

/** What a running job does wrong. */
export const insideJobs: readonly BadInput<Inside>[] = [
  ...[5, null, undefined, {}].map((message) =>
    inside('log(no text)', ({ log }) => log(wrong(message)), 'log() takes a text, not '),
  ),
  ...[-1, NaN, Infinity, '5', null, undefined, {}, 5n].flatMap((value) => [
    inside(
      'progress(no number)',
      ({ progress }) => progress(wrong(value)),
      'progress(done) takes a number from 0',
    ),
    inside(
      'postpone(no number)',
      ({ postpone }) => postpone(wrong(value)),
      "postpone(time) takes a number from 0 to 3155760000 or a duration such as '30 s'",
    ),
  ]),
  ...[-1, NaN, '5', null].map((total) =>
    inside(
      'progress(1, no number)',
      ({ progress }) => progress(1, wrong(total)),
      'progress(…, total) takes a number from 0',
    ),
  ),
  ...[-1, NaN, Infinity, 1e12, '5', 'soon', '101 years', null, {}].map((seconds) =>
    inside(
      'new RetryableJobError({ seconds })',
      () => new RetryableJobError('later', { seconds: wrong(seconds) }),
      "seconds must be a number from 0 to 3155760000 or a duration such as '10 min'",
    ),
  ),
  inside('postpone(too long)', ({ postpone }) => postpone(1e12), 'not 1000000000000'),
];

export const runnerCalls: readonly BadInput<JobRunner>[] = [
  ...[null, 5, 'soon', []].map((options) =>
    runner('stop(no object)', (one) => one.stop(wrong(options)), 'stop() takes an object of options, not '),
  ),
  ...[-1, NaN, '5', 'soon', null, {}, 2_147_483_648, '30 days'].map((timeout) =>
    runner(
      'stop({ timeout })',
      (one) => one.stop({ timeout: wrong(timeout) }),
      'timeout must be milliseconds of at least 0 or a duration',
    ),
  ),
];
