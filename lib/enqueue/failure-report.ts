import { Logger } from '@nestjs/common';
import { messageOf, toError } from '../common/to-error.js';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { failedJob } from '../job/failed-job.js';
import { describeFailure } from '../job/failure.js';
import type { FailureHandlers } from '../registry/failure-handlers.js';
import type { JobDraft, JobDrafter } from './job-draft.js';

/** What a report never has, whatever the `@Job()` of its method and the module's defaults say. */
const NOTHING_MORE = {
  identityKey: null,
  identityUntilDone: false,
  startBeforeIn: null,
  startBeforeAt: null,
} as const;

/** Makes the `onFailed` jobs of jobs that run in this process without PostgreSQL, which makes them otherwise. */
export class FailureReports {
  private readonly logger = new Logger('QueueJob');

  constructor(
    private readonly drafter: JobDrafter,
    private readonly handlers: FailureHandlers,
  ) {}

  /** The draft of the report; undefined if nothing is to be called. */
  draftOf({ fn, job }: JobDraft, retry: number, error: unknown): JobDraft | undefined {
    const handler = this.handlers.of(fn);
    if (handler === undefined) return undefined;
    const { channel, priority, trace } = job;
    const failed = failedJob({ ...job, retry }, describeFailure(error));
    const draft = this.drafter.draft(handler, [failed], { channel, priority });
    return { ...draft, job: { ...draft.job, ...NOTHING_MORE, trace } };
  }

  /** Calls `run` with the report of a job that ran at once, and whose error is its caller's; that of the report is logged. */
  async reportInline(
    draft: JobDraft,
    error: unknown,
    run: (report: JobDraft) => Promise<unknown>,
  ): Promise<void> {
    if (toError(error) instanceof JobCancelledError) return;
    try {
      const report = this.draftOf(draft, 1, error);
      if (report !== undefined) await run(report);
    } catch (failure) {
      this.logger.error(`onFailed of ${draft.fn.name} failed: ${messageOf(toError(failure))}`);
    }
  }
}
