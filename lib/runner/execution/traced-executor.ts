import type { JobTracing, TracedEnd } from '../../job/job-tracing.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { AttemptResult } from '../attempt/attempt-result.js';
import type { Executor } from './executor.js';

/** Runs each attempt within its span. */
export class TracedExecutor implements Pick<Executor, 'execute'> {
  constructor(
    private readonly executor: Pick<Executor, 'execute'>,
    private readonly tracing: JobTracing,
  ) {}

  /** Never rejects, and returns what the attempt itself came to, whatever the application's tracing does. */
  async execute(attempt: RunningAttempt): Promise<AttemptResult> {
    const { uuid, name, channel, retry, maxRetries, trace } = attempt.job;
    const traced = { uuid, name, channel, attempt: retry, maxRetries, trace };
    let running: Promise<AttemptResult> | undefined;
    const run = async (): Promise<AttemptResult> => (running ??= this.executor.execute(attempt));
    try {
      await this.tracing.attempt(traced, run, endOf);
    } catch {
      // An attempt without a span is better than none.
    }
    return run();
  }
}

function endOf(result: AttemptResult): TracedEnd {
  if (result.kind === 'settled') return { outcome: result.seconds === undefined ? 'done' : 'retried' };
  // (A job that expired was never executed.)
  if (result.kind === 'expired') return { outcome: 'cancelled' };
  const outcome = result.kind === 'retry' ? 'retried' : result.kind;
  const failure = 'failure' in result ? result.failure : undefined;
  return failure === undefined ? { outcome } : { outcome, error: failure };
}
