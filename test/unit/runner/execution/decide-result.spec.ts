import fc from 'fast-check';
import { describeFailure } from '../../../../lib/job/failure.js';
import { RunningAttempt } from '../../../../lib/runner/attempt/attempt.js';
import { decideResult } from '../../../../lib/runner/execution/decide-result.js';
import { RetryableJobError, type RetryOn } from '../../../../lib/index.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';
import { oddThrown } from '../../../support/odd-values.js';

const runOf = (retry: number, maxRetries: number, states: Partial<RunningAttempt> = {}): RunningAttempt =>
  Object.assign(
    new RunningAttempt({ uuid: 'u', name: 'Shop.sell', retry, maxRetries } as ClaimedJob),
    states,
  );

const decide = (attempt: RunningAttempt, error: unknown, retryOn?: RetryOn) =>
  decideResult(attempt, { error }, () => ({ retryOn }), JSON.stringify);

describe('what becomes of a job', () => {
  it('is decided whatever its method throws, at every attempt and in every state of it', () => {
    const states = fc.constantFrom<Partial<RunningAttempt>>(
      {}, { cancelled: true }, { stopped: true }, { timedOut: true }, { lost: true }, { postponed: 3 },
    ); // prettier-ignore
    const rules = fc.constantFrom<RetryOn | undefined>(undefined, 'any', 'retryable', () => {
      throw Object.create(null) as Error;
    });
    fc.assert(
      fc.property(oddThrown, fc.constantFrom(1, 2), states, rules, (make, retry, state, retryOn) => {
        const result = decide(runOf(retry, 2, state), make(), retryOn);
        expect(['done', 'retry', 'failed', 'cancelled']).toContain(result.kind);
        if (result.kind === 'retry') expect(result.seconds).toBeGreaterThanOrEqual(0);
        if (result.kind === 'failed') expect(typeof result.failure.message).toBe('string');
      }),
      { numRuns: 60 },
    );
  });

  it('is described in text that can be stored, whatever was thrown', () => {
    fc.assert(
      fc.property(oddThrown, (make) => {
        const failure = describeFailure(make());
        for (const text of Object.values(failure) as unknown[]) {
          expect(typeof text).toBe('string');
          expect(text).not.toMatch(/\0|\p{Surrogate}/u);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is failed if its last attempt throws an error whose message is a symbol', () => {
    const error = Object.assign(new Error('x'), { message: Symbol('odd') });
    expect(decide(runOf(2, 2), error, 'any')).toMatchObject({
      kind: 'failed',
      failure: { name: 'MaxRetriesError', message: 'Max. retries (2) reached: ' },
    });
  });

  it('follows the pattern if a RetryableJobError says seconds that are none', () => {
    for (const seconds of [NaN, -1, Infinity, '5', null, 1e30]) {
      const error = Object.defineProperty(new RetryableJobError('later'), 'seconds', { value: seconds });
      expect(decide(runOf(1, 5), error)).toMatchObject({ kind: 'retry', seconds: 600 });
    }
  });

  it('is failed if its rules throw', () => {
    const failing = decideResult(
      runOf(1, 5),
      { error: new Error('x') },
      () => {
        throw new Error('no rules');
      },
      JSON.stringify,
    );
    expect(failing).toMatchObject({ kind: 'failed', failure: { message: 'no rules' } });
  });
});
