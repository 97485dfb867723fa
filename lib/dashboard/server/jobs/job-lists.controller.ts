import { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import { Get, type OnModuleDestroy, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GROUP_KEYS } from '../../../store/jobs/job-groups.js';
import type { JobGroupPage } from '../../api/lists.api.js';
import type { JobWaits } from '../../api/waits.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { setLongHeaders } from '../http/headers.js';
import { EXPORT_FORMATS, parseExport, parseGroups, parseUuids } from '../input/jobs.input.js';
import { Described } from '../openapi/described.js';
import { FILTER_QUERY, JOB_GROUPS, JOB_WAITS } from '../openapi/job-schemas.js';
import { text } from '../openapi/schemas.js';
import { DatabaseClock } from '../store/database-clock.js';
import { JobExport } from './job-export.js';
import { JobFinder } from './job-finder.js';
import { JobWaitViews } from './job-waits.js';

/** Milliseconds. */
const BUDGET = 700;
const MOST_GROUPS = 100;

/** All jobs that match, counted by what they have in common, or as a file. */
@ApiController('jobs')
export class JobListsController implements OnModuleDestroy {
  /** Of the files that are being sent. */
  private readonly connections = new Set<Socket>();

  constructor(
    private readonly finder: JobFinder,
    private readonly clock: DatabaseClock,
    private readonly files: JobExport,
    private readonly waiting: JobWaitViews,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get('groups')
  @Described({
    summary: 'How many jobs there are of each channel, function, error, user, state or hour',
    description:
      'The 100 largest groups. Where there are too many jobs to count, `countedTo` says down to which creation date they were.',
    query: { ...FILTER_QUERY, by: GROUP_KEYS.join(', ') },
    answer: JOB_GROUPS,
  })
  async groups({ query }: Call): Promise<JobGroupPage> {
    const { filter, by } = parseGroups(query, await this.clock.for(query));
    const { counts, countedTo } = await this.finder.groups(filter, by, BUDGET);
    const all = [...counts].map(([key, count]) => ({ key, count }));
    const sorted = all.toSorted((a, b) => b.count - a.count);
    return {
      groups: sorted.slice(0, MOST_GROUPS),
      others: sorted.slice(MOST_GROUPS).reduce((sum, { count }) => sum + count, 0),
      countedTo: countedTo?.toISOString() ?? null,
    };
  }

  @Get('waits')
  @Described({
    summary: 'Why jobs wait, with their place and when they may start',
    query: { uuids: 'Uuids, separated by commas, at most 200' },
    answer: JOB_WAITS,
  })
  async waits({ query }: Call): Promise<JobWaits> {
    return { waits: await this.waiting.read(parseUuids(query)) };
  }

  @Get('export')
  @Described({
    summary: 'All jobs that match as a file, the newest first, without payloads',
    query: { ...FILTER_QUERY, format: EXPORT_FORMATS.join(' or ') },
    answer: text,
    type: 'text/csv',
  })
  async export({ query, rights, request, response, message }: Call): Promise<StreamableFile> {
    const { filter, format } = parseExport(query, await this.clock.for(query));
    const { socket } = message;
    this.connections.add(socket);
    socket.once('close', () => this.connections.delete(socket));
    setLongHeaders(this.host.httpAdapter, request, response);
    const file = new StreamableFile(
      Readable.from(this.files.lines(filter, format, rights), { objectMode: false }),
      {
        type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
        disposition: `attachment; filename="jobs.${format}"`,
      },
    );
    // Half a file must not look like a whole one.
    return file.setErrorHandler(() => socket.destroy());
  }

  /** A server that closes would wait for a client that has not read a file to its end. */
  onModuleDestroy(): void {
    for (const connection of this.connections) connection.destroy();
  }
}
