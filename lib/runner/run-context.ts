import type { EntityManager } from 'typeorm';
import { HUNDRED_YEARS_MS } from '../job/duration.js';
import { show } from '../job/show.js';
import type { CurrentJob } from '../scope/current-job.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import type { Reporter } from './reporter.js';
import type { Run } from './run.js';

/** What a run context is made of beside its run. */
export interface RunContextParts {
  readonly manager: EntityManager;
  readonly transactional: boolean;
  readonly reporter: Reporter;
  readonly readJob: () => QueueJob;
  readonly parentResults: () => Promise<unknown[]>;
  readonly encode: (value: unknown, root: string) => string | null;
}

/** `currentJob()` of one run. Most jobs never ask, so everything is made on first use. */
export class RunContext implements CurrentJob {
  private read: QueueJob | undefined;

  constructor(
    private readonly run: Run,
    private readonly parts: RunContextParts,
  ) {}

  get job(): QueueJob {
    return (this.read ??= this.parts.readJob());
  }

  get signal(): AbortSignal {
    return this.run.signal;
  }

  get manager(): EntityManager {
    return this.parts.manager;
  }

  get transactional(): boolean {
    return this.parts.transactional;
  }

  readonly log = (message: string, data?: unknown): void => {
    const { uuid, retry } = this.run.job;
    if (typeof message !== 'string')
      throw new InvalidJobOptionError(`log() takes a text, not ${show(message)}.`);
    const text = message.replaceAll('\0', '');
    this.parts.reporter.log({
      uuid,
      retry,
      date: new Date(),
      message: text,
      data: this.encodeData(data),
    });
  };

  /** What can't be carried is told as text: a line in a log is no reason to fail. */
  private encodeData(data: unknown): string | null {
    try {
      return this.parts.encode(data, 'data');
    } catch {
      return JSON.stringify(show(data));
    }
  }

  readonly progress = (done: number, total?: number): void => {
    const { uuid, retry } = this.run.job;
    checkNumber('progress(done)', done);
    if (total !== undefined) checkNumber('progress(…, total)', total);
    this.parts.reporter.step({ uuid, retry, done, total: total ?? null });
  };

  readonly postpone = (seconds: number): void => {
    checkNumber('postpone(seconds)', seconds, HUNDRED_YEARS_MS / 1000);
    this.run.postponed = seconds;
  };

  readonly parentResults = (): Promise<unknown[]> => this.parts.parentResults();
}

function checkNumber(what: string, value: number, max = Number.MAX_VALUE): void {
  // JavaScript would take null and texts for numbers.
  if (typeof value === 'number' && value >= 0 && value <= max) return;
  throw new InvalidJobOptionError(`${what} takes a number from 0 to ${max}, not ${show(value)}.`);
}
