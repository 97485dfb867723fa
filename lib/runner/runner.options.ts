import type { CallDefaults } from '../job/call-defaults.js';
import type { JobFunction } from '../registry/job-function.js';
import type { TransactionSource } from '../queue-job.options.js';
import type { RetryOn } from '../job/outcome.js';
import type { JobTracing } from '../job/job-tracing.js';
import type { SecondsPattern } from '../job/retry-pattern.js';
import type { AttemptMeter } from './reporting/stats-recorder.js';
import type { RunnerSettings } from './runner.settings.js';

export const RUNNER_OPTIONS = Symbol('nestjs-queue-job:runner-options');

/** The part of the module's options that the runner works by. */
export interface RunnerOptions {
  /** What calls of a job function have by default. */
  readonly callDefaults: (fn: JobFunction) => CallDefaults;
  /** False where the module option `runner` is. */
  readonly autoStart: boolean;
  readonly settings: Omit<RunnerSettings, 'transactionalConcurrency'> & {
    /** Undefined: by the size of the pool. */
    readonly transactionalConcurrency: number | undefined;
  };
  readonly retryOn: RetryOn | undefined;
  readonly retryPattern: SecondsPattern | undefined;
  /** Milliseconds that ended jobs are kept; null is forever. */
  readonly removalInterval: number | null;
  readonly meter: AttemptMeter | undefined;
  readonly tracing: JobTracing | undefined;
  /** See {@link TransactionSource}. */
  readonly enterTransaction: TransactionSource['enter'];
  readonly runContext: ((context: unknown, work: () => Promise<unknown>) => unknown) | undefined;
}
