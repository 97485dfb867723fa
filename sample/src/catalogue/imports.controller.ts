import { Controller, Get, HttpCode, HttpStatus, NotFoundException, Post } from '@nestjs/common';
import type { CatalogueImport } from './catalogue-import.entity.ts';
import { ImportService } from './import.service.ts';

@Controller('imports')
export class ImportsController {
  constructor(private readonly imports: ImportService) {}

  /** Answers at once; the lines are imported by jobs. */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async start(): Promise<object> {
    const { import: started, jobs } = await this.imports.start();
    const found = jobs.filter(({ deduplicated }) => deduplicated).length;
    return { import: started, jobs: { stored: jobs.length - found, alreadyWaiting: found } };
  }

  @Get('latest')
  async latest(): Promise<CatalogueImport> {
    const latest = await this.imports.latest();
    if (!latest) throw new NotFoundException('Nothing was imported yet.');
    return latest;
  }
}
