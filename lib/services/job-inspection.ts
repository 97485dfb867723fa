import { Injectable } from '@nestjs/common';
import { JobNotFoundError } from '../errors/job-not-found.error.js';
import { checkUuid } from '../common/call-checks.js';
import { MAX_TIMER_MS, parseMilliseconds } from '../common/duration.js';
import { checkObject } from '../common/option-checks.js';
import { checkIdentityKey } from '../job/identity-key.js';
import { JOB_STATES, type JobState } from '../job/job-state.js';
import type { RelatedActionResult } from '../registry/related-action.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { Dependency } from '../store/graphs/graph-store.js';
import type { JobListFilter } from '../store/jobs/job-filter.js';
import { type Attempt, attemptsOf } from '../inspect/attempts.js';
import { checkFilter } from '../inspect/check-job-filter.js';
import type { JobExplanation } from '../inspect/explain/explanation.js';
import { errorOf, notFound } from '../inspect/job-completions.js';
import { QueueParts } from './queue-parts.js';

/** What `QueueService` reads of stored jobs, and how it waits for them. */
@Injectable()
export abstract class JobInspection {
  /** @internal */
  constructor(
    /** @internal */
    protected readonly parts: QueueParts,
  ) {}

  /** The job, living or ended; null where there is none. Entities among its arguments are read again. */
  async find<R = unknown>(uuid: string): Promise<QueueJob<R> | null> {
    return ((await this.parts.reader.find(checkUuid(uuid))) ?? null) as QueueJob<R> | null;
  }

  /** Jobs, living and ended, the newest first; the next page is `{ before: last.uuid }`. */
  async list(filter: JobListFilter = {}): Promise<QueueJob[]> {
    return this.parts.reader.list(checkFilter(filter));
  }

  /** How many jobs there are, by state. */
  async counts(): Promise<Record<JobState, number>> {
    const counts = await this.parts.store.jobs.counts();
    return Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0])) as Record<
      JobState,
      number
    >;
  }

  /** The job that has the key now (Odoo's `job_record_with_same_identity_key`): the one a further call would get. */
  async findByIdentityKey(key: string): Promise<QueueJob | null> {
    const { keys, writer } = this.parts.store;
    const checked = checkIdentityKey('key', key);
    const uuid = (await writer.holderOf(checked)) ?? (await keys.windowOf(checked));
    return uuid === null ? null : this.find(uuid);
  }

  /**
   * Says why a job waits: all that holds it, its place, and when it may start; of a job that runs or has ended, that. It
   * takes one look at the database, bounded however many jobs wait.
   *
   * @throws JobNotFoundError
   * @example
   * ```ts
   * const { reasons } = await queue.explain(uuid);
   * // [{ kind: 'full', channel: 'root.mail', capacity: 5, running: 5, ahead: 12 }]
   * ```
   */
  async explain(uuid: string): Promise<JobExplanation> {
    const explained = (await this.parts.explainer.explainMany([checkUuid(uuid)])).get(uuid.toLowerCase());
    if (explained === undefined) throw new JobNotFoundError(notFound(uuid));
    return explained;
  }

  /** The attempts of a job, the oldest first, that which made it done included. */
  async attempts(uuid: string): Promise<Attempt[]> {
    return attemptsOf(await this.parts.store.jobs.attempts(checkUuid(uuid)), await this.find(uuid));
  }

  /** The lines that a job wrote with `currentJob().log()`, the oldest first, 1,000 at most. */
  async logs(uuid: string): Promise<{ retry: number; date: Date; message: string; data: unknown }[]> {
    const lines = await this.parts.store.jobs.logs(checkUuid(uuid), { limit: 1_000 });
    return Promise.all(
      lines.map(async ({ retry, date, message, data }) => ({
        retry,
        date,
        message,
        data: await this.parts.codec.decodeValue(data, 'data', { missing: 'null', uuid }),
      })),
    );
  }

  /**
   * For whom a job waits: its parents that aren't done, in the order of their creation. One that was removed from the
   * database isn't among them.
   *
   * @example
   * ```ts
   * const failed = (await queue.waitingFor(job.uuid)).filter(({ state }) => state === 'failed');
   * ```
   */
  async waitingFor(uuid: string): Promise<QueueJob[]> {
    return this.parts.reader.readAll(await this.parts.store.graphs.waitingFor(checkUuid(uuid)));
  }

  /**
   * The jobs of a graph, living and ended, in the order of their creation, and what depends on what among them: uuids.
   *
   * @param graphUuid - the `graphUuid` of one of the jobs
   */
  async graph(graphUuid: string): Promise<{ jobs: QueueJob[]; dependencies: Dependency[] }> {
    const { graphs } = this.parts.store;
    const rows = await graphs.jobsOf(checkUuid(graphUuid));
    const dependencies = await graphs.dependenciesAmong(rows.map((row) => row.uuid as string));
    return { jobs: await this.parts.reader.readAll(rows), dependencies };
  }

  /**
   * Waits for the end of a job. Resolves to its result; rejects with `JobFailedError`, whose `cause` is the stored error,
   * or `JobCancelledError`. A job that is retried later goes on being waited for.
   *
   * @param options - `timeout`: milliseconds or a duration, about 24.8 days at most, after which
   * `FinishedTimeoutError`. Default: without end
   */
  async finished<R>(job: QueueJob<R> | string, options: { timeout?: number | string } = {}): Promise<R> {
    const { timeout: given } = checkObject('finished()', options);
    const isJob = typeof job === 'object' && job !== null;
    const uuid = checkUuid(isJob ? job.uuid : job);
    const timeout = given === undefined ? undefined : parseMilliseconds('timeout', given, MAX_TIMER_MS);
    if (isJob && job.seq === 0 && job.state === 'done') return job.result as R;
    const row = await this.parts.completions.ended(uuid, timeout);
    const error = errorOf(row);
    if (error !== null) throw error;
    return (await this.parts.codec.decodeValue(row.result as string | null, 'result', {
      missing: 'null',
      uuid,
    })) as R;
  }

  /**
   * Runs the related action of a job; null where it has none.
   *
   * @throws JobNotFoundError, RelatedActionError
   */
  async relatedAction(uuid: string): Promise<RelatedActionResult | null> {
    const row = await this.parts.reader.findRow(checkUuid(uuid));
    if (row === undefined) throw new JobNotFoundError(notFound(uuid));
    return this.parts.relatedActions.read(row);
  }

  /** @internal */
  protected async must(uuid: string): Promise<QueueJob> {
    const job = await this.find(uuid);
    if (job === null) throw new JobNotFoundError(notFound(uuid));
    return job;
  }
}
