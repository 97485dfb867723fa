import fc from 'fast-check';
import { RetryableJobError } from '../../../../lib/errors/retryable-job.error.js';
import type { AttemptResult } from '../../../../lib/runner/attempt/attempt-result.js';
import { channelHold } from '../../../../lib/runner/execution/channel-hold.js';
import { oddThrown } from '../../../support/odd-values.js';

const failed: AttemptResult = {
  kind: 'failed',
  failure: { name: 'Error', message: 'no', stack: 'no', fingerprint: '0' },
};
const retry = (seconds: number): AttemptResult => ({ kind: 'retry', seconds, giveAttemptBack: false });

describe('how long an error holds its channel', () => {
  const error = new RetryableJobError('429', { seconds: 30, holdChannel: true });

  it('is as long as the job waits for its next attempt', () => {
    expect(channelHold({ error }, retry(12))).toBe(12);
  });

  it('is what the error says, where the job has no next attempt', () => {
    expect(channelHold({ error }, failed)).toBe(30);
  });

  it('is nothing without a question for it, with an error of another kind or a result', () => {
    expect(channelHold({ error: new RetryableJobError('503', { seconds: 30 }) }, retry(30))).toBe(0);
    expect(channelHold({ error: new Error('429') }, retry(30))).toBe(0);
    expect(channelHold({ result: error }, retry(30))).toBe(0);
    expect(channelHold({ error: new RetryableJobError('429', { holdChannel: true }) }, failed)).toBe(0);
  });

  it('is a number of seconds whatever was thrown, however it refuses to be read', () => {
    fc.assert(
      fc.property(oddThrown, fc.boolean(), (make, again) => {
        const seconds = channelHold({ error: make() }, again ? retry(1) : failed);
        return Number.isFinite(seconds) && seconds >= 0;
      }),
      { numRuns: 5_000 },
    );
  });
});
