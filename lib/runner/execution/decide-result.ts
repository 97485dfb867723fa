import { JobTimeoutError } from '../../errors/job-timeout.error.js';
import { RetryableJobError } from '../../errors/retryable-job.error.js';
import { describeFailure } from '../../job/failure.js';
import { decideOutcome, type RetryRules, type MethodOutcome } from '../../job/outcome.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';

/**
 * Decides what becomes of a job when its method has returned or thrown, by what the node did to the attempt meanwhile.
 * Never throws, whatever was thrown: a job that nothing could be decided of would stay `started` forever.
 */
export function decideResult(
  attempt: RunningAttempt,
  end: MethodOutcome,
  rules: () => RetryRules,
  encode: (result: unknown) => string | null,
): AttemptResult {
  try {
    return decide(attempt, end, rules(), encode);
  } catch (error) {
    return { kind: 'failed', failure: describeFailure(error) };
  }
}

function decide(
  attempt: RunningAttempt,
  end: MethodOutcome,
  rules: RetryRules,
  encode: (result: unknown) => string | null,
): AttemptResult {
  const failure = 'error' in end ? end.error : undefined;
  if (attempt.cancelled) {
    return 'error' in end && failure !== attempt.abortReason
      ? { kind: 'cancelled', failure: describeFailure(failure) }
      : { kind: 'cancelled' };
  }
  if ('error' in end && attempt.stopped) {
    const stopped = new Error('The node was stopped while the job ran', { cause: failure });
    stopped.name = 'NodeStoppedError';
    return { kind: 'retry', seconds: 0, giveAttemptBack: true, failure: describeFailure(stopped) };
  }
  if (!('error' in end) && attempt.postponed !== undefined) {
    return { kind: 'retry', seconds: attempt.postponed, giveAttemptBack: true };
  }
  let outcome = decideOutcome(judged(attempt, end), attempt.job, rules);
  if (outcome.kind === 'done') {
    try {
      return { kind: 'done', result: encode(outcome.result) };
    } catch (error) {
      outcome = decideOutcome({ error }, attempt.job, rules);
    }
  }
  if (outcome.kind === 'done') return { kind: 'done', result: null };
  const described = describeFailure(outcome.error);
  if (outcome.kind !== 'retry') return { kind: outcome.kind, failure: described };
  return {
    kind: 'retry',
    seconds: outcome.seconds,
    giveAttemptBack: outcome.giveAttemptBack,
    failure: described,
  };
}

/** What counts as the end of the attempt if the node had aborted it. */
function judged(attempt: RunningAttempt, end: MethodOutcome): MethodOutcome {
  if (attempt.timedOut) {
    const cause = 'error' in end && end.error !== attempt.abortReason ? { cause: end.error } : undefined;
    return { error: new JobTimeoutError(attempt.abortReason?.message ?? 'The job has timed out', cause) };
  }
  if (attempt.lost && 'error' in end) {
    const message = 'The node lost its session with PostgreSQL while the job ran';
    return { error: new RetryableJobError(message, { seconds: 0, cause: end.error }) };
  }
  return end;
}
