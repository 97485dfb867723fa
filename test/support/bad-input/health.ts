import { InvalidJobOptionError, type QueueHealthService } from '../../../lib/index.js';
import { type BadInput, refusedWith, wrong } from './bad-input.js';

const health = refusedWith<QueueHealthService>(InvalidJobOptionError, 'INVALID_JOB_OPTION');

export const healthCalls: readonly BadInput<QueueHealthService>[] = [
  ...[null, 5, 'soon', []].map((options) =>
    health('check(no object)', (one) => one.check(wrong(options)), 'The options must be an object, not '),
  ),
  health('check(unknown)', (one) => one.check(wrong({ maxwait: 5 })), "'maxwait' is unknown", 'maxWait?'),
  ...[-1, NaN, '5', 'soon', {}].map((maxWait) =>
    health(
      'check({ maxWait })',
      (one) => one.check({ maxWait: wrong(maxWait) }),
      'maxWait must be milliseconds',
    ),
  ),
  ...[-1, NaN, '5', null, 2_147_483_648, '30 days'].map((timeout) =>
    health(
      'check({ timeout })',
      (one) => one.check({ timeout: wrong(timeout) }),
      'timeout must be milliseconds',
    ),
  ),
];
