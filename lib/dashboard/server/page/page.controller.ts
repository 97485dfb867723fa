import { Controller, Get, Header, Req, Res, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { setPageHeaders } from '../http/headers.js';
import { OwnProblemFilter } from '../http/problem.filter.js';
import { Undescribed } from '../openapi/described.js';
import { baseOf } from './base-of.js';
import { PageFiles } from './page-files.js';

const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const;

/** One page for all of them: it shows what its URL says. Named routes, since wildcards differ between servers. */
@Controller()
@UseFilters(OwnProblemFilter)
@Undescribed()
export class PageController {
  constructor(
    private readonly files: PageFiles,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @Header(...HTML)
  async start(@Req() request: unknown, @Res({ passthrough: true }) response: unknown): Promise<string> {
    return this.page(request, response, 0);
  }

  @Get(['jobs', 'failures', 'channels', 'functions', 'nodes', 'batches', 'audit'])
  @Header(...HTML)
  async list(@Req() request: unknown, @Res({ passthrough: true }) response: unknown): Promise<string> {
    return this.page(request, response, 1);
  }

  @Get(['jobs/:uuid', 'graphs/:uuid', 'functions/:name', 'batches/:uuid'])
  @Header(...HTML)
  async one(@Req() request: unknown, @Res({ passthrough: true }) response: unknown): Promise<string> {
    return this.page(request, response, 2);
  }

  private async page(request: unknown, response: unknown, depth: number): Promise<string> {
    const { httpAdapter } = this.host;
    const html = await this.files.page(baseOf(httpAdapter.getRequestUrl(request) as string, depth));
    setPageHeaders(httpAdapter, response);
    return html;
  }
}
