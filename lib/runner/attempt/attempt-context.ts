import type { EntityManager } from 'typeorm';
import { parseSeconds } from '../../common/duration.js';
import { formatValue } from '../../common/format-value.js';
import type { CurrentJob } from '../../execution-context/current-job.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import { InvalidJobOptionError } from '../../errors/invalid-job-option.error.js';
import type { ProgressBuffer } from '../reporting/progress-buffer.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RunningAttempt } from './attempt.js';

/** A call of a job's method. */
export interface MethodCall {
  readonly manager: EntityManager;
  readonly transactional: boolean;
  readonly args: readonly unknown[];
  readonly context: unknown;
}

/** What the contexts of all runs share. */
export interface ContextServices {
  readonly progress: ProgressBuffer;
  readonly readJob: (job: ClaimedJob, args: readonly unknown[], context: unknown) => QueueJob;
  readonly holdChannel: (job: ClaimedJob, seconds: number) => Promise<void>;
  readonly parentResults: (job: ClaimedJob, manager: EntityManager) => Promise<unknown[]>;
  readonly encode: (value: unknown, place: { uuid: string; field: string }) => string | null;
}

/**
 * `currentJob()` of one run. Most jobs never ask, so everything is made when it is asked for, the functions too: they
 * may be taken off it.
 */
export class AttemptContext implements CurrentJob {
  private read: QueueJob | undefined;

  constructor(
    private readonly attempt: RunningAttempt,
    private readonly call: MethodCall,
    private readonly services: ContextServices,
  ) {}

  get job(): QueueJob {
    return (this.read ??= this.services.readJob(this.attempt.job, this.call.args, this.call.context));
  }

  get signal(): AbortSignal {
    return this.attempt.signal;
  }

  get manager(): EntityManager {
    return this.call.manager;
  }

  get transactional(): boolean {
    return this.call.transactional;
  }

  get tick(): CurrentJob['tick'] {
    return this.job.tick;
  }

  get log(): CurrentJob['log'] {
    return (message, data) => {
      const { uuid, retry } = this.attempt.job;
      if (typeof message !== 'string')
        throw new InvalidJobOptionError(`log() takes a text, not ${formatValue(message)}.`);
      const text = message.replaceAll('\0', '');
      this.services.progress.log({
        uuid,
        retry,
        date: new Date(),
        message: text,
        data: this.encodeData(data),
      });
    };
  }

  get progress(): CurrentJob['progress'] {
    return (done, total) => {
      const { uuid, retry } = this.attempt.job;
      checkNumber('progress(done)', done);
      if (total !== undefined) checkNumber('progress(…, total)', total);
      this.services.progress.step({ uuid, retry, done, total: total ?? null });
    };
  }

  get postpone(): CurrentJob['postpone'] {
    return (time) => {
      this.attempt.postponed = parseSeconds('postpone(time)', time);
    };
  }

  get holdChannel(): CurrentJob['holdChannel'] {
    return async (time) => {
      await this.services.holdChannel(this.attempt.job, parseSeconds('holdChannel(time)', time));
    };
  }

  get parentResults(): CurrentJob['parentResults'] {
    return () => this.services.parentResults(this.attempt.job, this.call.manager);
  }

  /** What can't be carried is told as text: a line in a log is no reason to fail. */
  private encodeData(data: unknown): string | null {
    try {
      return this.services.encode(data, { uuid: this.attempt.job.uuid, field: 'data' });
    } catch {
      return JSON.stringify(formatValue(data));
    }
  }
}

function checkNumber(what: string, value: number): void {
  // JavaScript would take null and texts for numbers.
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_VALUE) return;
  throw new InvalidJobOptionError(
    `${what} takes a number from 0 to ${Number.MAX_VALUE}, not ${formatValue(value)}.`,
  );
}
