import type { EntityManager } from 'typeorm';
import type { ArgumentCodec, DecodeOptions } from '../payload/argument-codec.js';
import { isDataError } from '../common/pg-errors.js';
import { EntityLoad } from '../payload/types/entity-load.js';
import { QueueJobError } from '../errors/queue-job.error.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import { hydrateRow } from '../store/jobs/hydrate.js';
import type { JobListFilter } from '../store/jobs/job-filter.js';
import type { JobSearch } from '../store/jobs/job-search.js';
import type { JobRow, JobStore } from '../store/jobs/job-store.js';

/** Reads jobs with their arguments and results decoded. An entity that is gone reads as `null`. */
export class JobReader {
  constructor(
    private readonly jobs: JobStore,
    private readonly search: JobSearch,
    private readonly codec: ArgumentCodec,
  ) {}

  async find(uuid: string): Promise<QueueJob | undefined> {
    const row = await this.findRow(uuid);
    return row === undefined ? undefined : this.read(row);
  }

  /** The row as it is stored, arguments as JSON text. */
  async findRow(uuid: string): Promise<JobRow | undefined> {
    return (await this.jobs.find([uuid]))[0];
  }

  async list({ before, limit = 100, ...filter }: JobListFilter): Promise<QueueJob[]> {
    return this.readAll((await this.search.jobs(filter, { before, limit })).rows);
  }

  /**
   * Reads many jobs, and the entities of all of them at once.
   *
   * @param through - the manager by which these are read
   */
  async readAll(rows: readonly JobRow[], through?: EntityManager): Promise<QueueJob[]> {
    const load = new EntityLoad((keys) => this.codec.loadEntities(keys, through));
    const jobs = rows.map((row) => this.readWith(row, through, load));
    load.start();
    return Promise.all(jobs);
  }

  async read(row: JobRow, through?: EntityManager): Promise<QueueJob> {
    const [job] = await this.readAll([row], through);
    return job as QueueJob;
  }

  private async readWith(
    row: JobRow,
    through: EntityManager | undefined,
    load: EntityLoad,
  ): Promise<QueueJob> {
    const options = { missing: 'null', uuid: row.uuid as string, through } as const;
    const [args, result, context] = await Promise.all([
      this.decode(row.args as string, load, (text, shared) =>
        this.codec.decode(text, { ...options, ...shared }),
      ),
      this.decode(row.result as string | null, load, (text, shared) =>
        this.codec.decodeValue(text, 'result', { ...options, ...shared }),
      ),
      this.decode(row.context as string | null, load, (text, shared) =>
        this.codec.decodeValue(text, 'context', { ...options, ...shared }),
      ),
    ]);
    return hydrateRow(row, { args: Array.isArray(args) ? args : [args], result, context });
  }

  /**
   * A row that was damaged, or needs a codec or key that this application lacks, can still be looked at. Trouble with
   * the database is no damage.
   */
  private async decode(
    text: string | null,
    load: EntityLoad,
    read: (text: string, options: Pick<DecodeOptions, 'load'>) => unknown,
  ): Promise<unknown> {
    if (text === null) return null;
    try {
      return await read(text, { load: (keys) => load.of(keys) });
    } catch (error) {
      if (!(error instanceof QueueJobError) && !isDataError(error)) throw error;
    }
    try {
      // Another row may be at fault.
      return await load.alone(async () => read(text, {}));
    } catch (error) {
      if (!(error instanceof QueueJobError) && !isDataError(error)) throw error;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
}
