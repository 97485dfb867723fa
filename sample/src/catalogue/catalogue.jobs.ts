import { Injectable } from '@nestjs/common';
import { currentJob, Job } from 'nestjs-queue-job';
import { CatalogueFile } from './catalogue-file.ts';
import { CatalogueImport } from './catalogue-import.entity.ts';
import { Product } from './product.entity.ts';

const LINES_PER_STATEMENT = 100;

@Injectable()
export class CatalogueJobs {
  constructor(private readonly file: CatalogueFile) {}

  /**
   * Products and the count of the import commit together with the end of the job, so a job that is run again after a
   * crash counts nothing twice.
   */
  @Job({
    defaultChannel: 'root.catalogue',
    transactional: true,
    // While these lines wait to be imported, they need not be asked for again.
    identityKey: ({ args: [, from, to] }) => `catalogue lines ${String(from)}-${String(to)}`,
    description: (_: CatalogueImport, from: number, to: number) => `Catalogue lines ${from}-${to}`,
  })
  async importLines({ id }: CatalogueImport, from: number, to: number): Promise<number> {
    const job = currentJob();
    const lines = await this.file.read(from, to);
    for (let done = 0; done < lines.length; done += LINES_PER_STATEMENT) {
      job.signal.throwIfAborted();
      await job.manager.upsert(Product, lines.slice(done, done + LINES_PER_STATEMENT), ['sku']);
      job.progress(Math.min(done + LINES_PER_STATEMENT, lines.length), lines.length);
    }
    await job.manager.increment(CatalogueImport, { id }, 'imported', lines.length);
    return lines.length;
  }
}
