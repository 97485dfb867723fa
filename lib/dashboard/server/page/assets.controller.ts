import { Controller, Get, StreamableFile, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Call } from '../http/call.js';
import { setHeaders } from '../http/headers.js';
import { OwnProblemFilter } from '../http/problem.filter.js';
import { Undescribed } from '../openapi/described.js';
import { PageFiles } from './page-files.js';

/** The scripts and styles of the page. Their names change with their content, so they may be kept forever. */
@Controller('assets')
@UseFilters(OwnProblemFilter)
@Undescribed()
export class AssetsController {
  constructor(
    private readonly files: PageFiles,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get(':file')
  file({ params, message, response }: Call): StreamableFile {
    const { 'accept-encoding': accepted = '' } = message.headers;
    const { type, content, encoding } = this.files.asset(String(params['file']), [accepted].flat().join(','));
    setHeaders(this.host.httpAdapter, response, {
      'Cache-Control': 'private, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(encoding === null ? {} : { 'Content-Encoding': encoding }),
    });
    return new StreamableFile(content, { type, length: content.length });
  }
}
