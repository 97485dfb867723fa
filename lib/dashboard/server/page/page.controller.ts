import { Controller, Get, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Call } from '../http/call.js';
import { hasPolicy, setPageHeaders } from '../http/headers.js';
import { OwnProblemFilter } from '../http/problem.filter.js';
import { Undescribed } from '../openapi/described.js';
import { BASE_SCRIPT, BASE_SCRIPT_HASH, baseOf } from './base-of.js';
import { PageFiles } from './page-files.js';
import { Page } from './slash-routes.js';

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
  @Page()
  async start(call: Call): Promise<string> {
    return this.page(call, 0);
  }

  @Get(['jobs', 'failures', 'channels', 'functions', 'nodes', 'batches', 'audit'])
  @Page()
  async list(call: Call): Promise<string> {
    return this.page(call, 1);
  }

  @Get(['jobs/:uuid', 'graphs/:uuid', 'functions/:name', 'batches/:uuid'])
  @Page()
  async one(call: Call): Promise<string> {
    return this.page(call, 2);
  }

  private async page({ url, response }: Call, depth: number): Promise<string> {
    const { httpAdapter } = this.host;
    const base = baseOf(url, depth);
    // Without a slash at its end, the start page has to know by which name the browser asked: a proxy may change it.
    const needsScript = base.startsWith('./') && base !== './' && !hasPolicy(response);
    const html = await this.files.page(base, needsScript ? `<script>${BASE_SCRIPT}</script>` : '');
    setPageHeaders(httpAdapter, response, needsScript ? ` 'sha256-${BASE_SCRIPT_HASH}'` : '');
    return html;
  }
}
