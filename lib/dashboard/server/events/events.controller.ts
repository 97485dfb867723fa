import { Get, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseWatched } from '../input/cluster.input.js';
import { Described } from '../openapi/described.js';
import { text } from '../openapi/schemas.js';
import { EventHub } from './event-hub.js';

/** Tells when something has changed. */
@ApiController('events')
export class EventsController {
  constructor(
    private readonly hub: EventHub,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @Described({
    summary: 'Server-sent events: `pulse` when any job has changed, `job` when one that is watched has',
    query: { job: 'The uuid of a job to watch; may be given up to 20 times' },
    answer: text,
    type: 'text/event-stream',
    problems: { 503: 'Too many pages listen already' },
  })
  listen({ query, rights, message, response }: Call): StreamableFile {
    const stream = this.hub.open(parseWatched(query), rights, message.socket);
    const { httpAdapter } = this.host;
    // What compresses, and what buffers, would keep events back.
    httpAdapter.setHeader(response, 'Cache-Control', 'no-cache, no-transform');
    httpAdapter.setHeader(response, 'X-Accel-Buffering', 'no');
    // Nothing comes after it on this connection, which a server that closes would have to wait for.
    httpAdapter.setHeader(response, 'Connection', 'close');
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }
}
