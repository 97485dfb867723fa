import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type QueueJob, QueueService } from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { CatalogueFile } from './catalogue-file.ts';
import { CatalogueImport } from './catalogue-import.entity.ts';
import { CatalogueJobs } from './catalogue.jobs.ts';

const LINES_PER_JOB = 500;

/** An import that was asked for. */
export interface StartedImport {
  readonly import: CatalogueImport;
  readonly jobs: readonly QueueJob<number>[];
}

@Injectable()
export class ImportService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly file: CatalogueFile,
    private readonly queue: QueueService,
  ) {}

  /** The import and its jobs are stored together, or not at all. Where all the lines wait already, so does the import. */
  async start(): Promise<StartedImport> {
    const total = await this.file.countLines();
    return this.dataSource.transaction(async (manager) => {
      const started = manager.create(CatalogueImport, { id: randomUUID(), lines: 0 });
      const importing = this.queue.delayable(CatalogueJobs);
      const parts = partsOf(total).map(([from, to]) => importing.importLines(started, from, to));
      const jobs = await this.queue.delayAll(parts, { manager });

      const [first] = jobs;
      if (first && jobs.every(({ deduplicated }) => deduplicated)) {
        return { import: first.args[0] as CatalogueImport, jobs };
      }
      started.lines = jobs
        .filter(({ deduplicated }) => !deduplicated)
        .reduce((lines, { args: [, from, to] }) => lines + Number(to) - Number(from) + 1, 0);
      return { import: await manager.save(started), jobs };
    });
  }

  async latest(): Promise<CatalogueImport | null> {
    const [latest] = await this.dataSource.manager.find(CatalogueImport, {
      order: { createdAt: 'DESC' },
      take: 1,
    });
    return latest ?? null;
  }
}

/** First and last line of each job. */
function partsOf(total: number): [from: number, to: number][] {
  const parts = Math.ceil(total / LINES_PER_JOB);
  return Array.from({ length: parts }, (_, part) => [
    part * LINES_PER_JOB + 1,
    Math.min((part + 1) * LINES_PER_JOB, total),
  ]);
}
