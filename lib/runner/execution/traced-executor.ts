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

  async execute(attempt: RunningAttempt): Promise<AttemptResult> {
    const { uuid, name, channel, retry, maxRetries, trace } = attempt.job;
    return this.tracing.attempt(
      { uuid, name, channel, attempt: retry, maxRetries, trace },
      async () => this.executor.execute(attempt),
      endOf,
    );
  }
}

function endOf(result: AttemptResult): TracedEnd {
  if (result.kind === 'settled') return { outcome: result.seconds === undefined ? 'done' : 'retried' };
  const outcome = result.kind === 'retry' ? 'retried' : result.kind;
  const failure = 'failure' in result ? result.failure : undefined;
  return failure === undefined ? { outcome } : { outcome, error: failure };
}
