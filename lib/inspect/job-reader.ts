import type { EntityManager } from 'typeorm';
import type { ArgumentCodec } from '../payload/argument-codec.js';
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

  async find(uuid: string, manager?: EntityManager): Promise<QueueJob | undefined> {
    const [row] = await this.jobs.find([uuid], manager);
    return row === undefined ? undefined : this.read(row);
  }

  /** Those that are there, in no order. */
  async findAll(uuids: readonly string[], manager?: EntityManager): Promise<QueueJob[]> {
    return uuids.length === 0 ? [] : this.readAll(await this.jobs.find([...new Set(uuids)], manager));
  }

  /** The row as it is stored, arguments as JSON text. */
  async findRow(uuid: string): Promise<JobRow | undefined> {
    return (await this.jobs.find([uuid]))[0];
  }

  async list({ before, limit = 100, ...filter }: JobListFilter): Promise<QueueJob[]> {
    return this.readAll((await this.search.jobs(filter, { before, limit })).rows);
  }

  async readAll(rows: readonly JobRow[]): Promise<QueueJob[]> {
    return Promise.all(rows.map((row) => this.read(row)));
  }

  async read(row: JobRow): Promise<QueueJob> {
    const options = { missing: 'null', uuid: row.uuid as string } as const;
    const [args, result, context] = await Promise.all([
      this.decode(row.args as string, async (text) => this.codec.decode(text, options)),
      this.decode(row.result as string | null, async (text) =>
        this.codec.decodeValue(text, 'result', options),
      ),
      this.decode(row.context as string | null, async (text) =>
        this.codec.decodeValue(text, 'context', options),
      ),
    ]);
    return hydrateRow(row, { args: Array.isArray(args) ? args : [args], result, context });
  }

  /** A row that was damaged, or needs a codec or key that this application lacks, can still be looked at. */
  private async decode(text: string | null, read: (text: string) => Promise<unknown>): Promise<unknown> {
    if (text === null) return null;
    try {
      return await read(text);
    } catch {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    }
  }
}
