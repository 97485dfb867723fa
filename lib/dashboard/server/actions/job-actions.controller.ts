import { Readable } from 'node:stream';
import { Post, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { rightFor } from '../jobs/job-actions-of.js';
import { setLongHeaders } from '../http/headers.js';
import { parseAction, parseActionName } from '../input/jobs.input.js';
import { Described } from '../openapi/described.js';
import { ACTION_PROGRESS, ACTION_REQUEST } from '../openapi/job-schemas.js';
import { DatabaseClock } from '../store/database-clock.js';
import { JobActions } from './job-actions.js';

/** What is done to jobs. */
@ApiController('jobs/actions')
export class JobActionsController {
  constructor(
    private readonly actions: JobActions,
    private readonly clock: DatabaseClock,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post(':action')
  @Described({
    summary: 'Runs now, requeues, updates, cancels, sets done or deletes jobs, and reports progress',
    description: 'Returns one line of JSON for each 500 jobs; the last has `ended: true`.',
    path: { action: 'run, requeue, update, cancel, done or delete' },
    body: ACTION_REQUEST,
    answer: ACTION_PROGRESS,
    type: 'application/x-ndjson',
    problems: {
      409: 'More jobs match than were counted: `count` says how many',
      422: 'Too many rows to count',
    },
  })
  async act(call: Call): Promise<StreamableFile> {
    const { params, requester, request, response } = call;
    const action = parseActionName(params['action']);
    requester.must(rightFor(action));
    const body = await call.body();
    const now = await this.clock.for((body as { filter?: unknown } | null)?.filter);
    const progress = await this.actions.begin(action, parseAction(action, body, now), requester.actor);
    setLongHeaders(this.host.httpAdapter, request, response);
    return new StreamableFile(Readable.from(lines(progress), { objectMode: false, highWaterMark: 1 }), {
      type: 'application/x-ndjson',
    });
  }
}

async function* lines(values: AsyncIterable<object>): AsyncGenerator<Buffer> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`);
}
