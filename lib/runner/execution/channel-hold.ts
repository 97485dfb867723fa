import { RetryableJobError } from '../../errors/retryable-job.error.js';
import type { MethodOutcome } from '../../job/outcome.js';
import type { AttemptResult } from '../attempt/attempt-result.js';

/**
 * How many seconds nothing may start in the job's channel since its method threw `RetryableJobError` with `holdChannel`,
 * 0 without. Never throws, whatever was thrown: a proxy that refuses to be read asks for nothing.
 */
export function channelHold(end: MethodOutcome, result: AttemptResult): number {
  if (!('error' in end)) return 0;
  const { error } = end;
  try {
    if (!(error instanceof RetryableJobError) || !error.holdChannel) return 0;
    const seconds = result.kind === 'retry' ? result.seconds : error.seconds;
    return typeof seconds === 'number' && seconds > 0 ? seconds : 0;
  } catch {
    return 0;
  }
}
