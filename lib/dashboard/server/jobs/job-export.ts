import { Injectable } from '@nestjs/common';
import type { SearchFilter } from '../../../store/jobs/job-where.js';
import type { Rights } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { Redactor } from '../redaction/redactor.js';
import { JobFinder } from './job-finder.js';
import { dashboardJob, jobSummary } from './job-summary.js';

const PAGE = 500;
/** Milliseconds, after which a search looks whether anybody still listens. */
const BUDGET = 1_000;

const COLUMNS = [
  'uuid',
  'name',
  'description',
  'state',
  'channel',
  'priority',
  'retry',
  'maxRetries',
  'node',
  'userId',
  'tags',
  'graphUuid',
  'batchUuid',
  'eta',
  'dateCreated',
  'dateEnqueued',
  'dateStarted',
  'dateDone',
  'execTime',
  'excName',
  'excMessage',
] as const satisfies readonly (keyof JobSummary)[];

/** Writes jobs as they are found, so that no number of them is too large. */
@Injectable()
export class JobExport {
  constructor(
    private readonly finder: JobFinder,
    private readonly redactor: Redactor,
  ) {}

  async *lines(filter: SearchFilter, format: 'csv' | 'json', rights: Rights): AsyncGenerator<Buffer> {
    const isCsv = format === 'csv';
    // Without the mark, spreadsheets take the text for one of another encoding.
    yield Buffer.from(isCsv ? `\uFEFF${COLUMNS.join(',')}\r\n` : '[');
    let separator = '\n';
    for await (const jobs of this.pages(filter, rights)) {
      const rows = jobs.map((job): Record<string, Cell> =>
        Object.fromEntries(COLUMNS.map((column) => [column, job[column]])),
      );
      if (rows.length === 0) continue;
      if (isCsv) yield Buffer.from(rows.map((row) => `${csvLine(Object.values(row))}\r\n`).join(''));
      else yield Buffer.from(separator + rows.map((row) => JSON.stringify(row)).join(',\n'));
      separator = ',\n';
    }
    if (!isCsv) yield Buffer.from('\n]\n');
  }

  private async *pages(filter: SearchFilter, rights: Rights): AsyncGenerator<JobSummary[]> {
    let before: string | undefined;
    do {
      const { rows, next } = await this.finder.page(filter, { before, limit: PAGE, budget: BUDGET });
      yield rows.map((row) => jobSummary(row, rights, this.redactor.of(dashboardJob(row))));
      before = next ?? undefined;
    } while (before !== undefined);
  }
}

type Cell = string | number | null | readonly string[];

/** As in RFC 4180; a text that a spreadsheet would take for a formula stays a text. */
const csvLine = (values: readonly Cell[]): string =>
  values
    .map((value) => {
      if (value === null || typeof value === 'number') return value === null ? '' : String(value);
      const text = typeof value === 'string' ? value : value.join(' ');
      const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',');
