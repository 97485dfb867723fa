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
  start(call: Call): string {
    return this.page(call, 0);
  }

  @Get(['jobs', 'failures', 'channels', 'functions', 'schedules', 'nodes', 'batches', 'audit'])
  @Page()
  list(call: Call): string {
    return this.page(call, 1);
  }

  @Get([
    'jobs/:uuid',
    'graphs/:uuid',
    'channels/:name',
    'functions/:name',
    'schedules/:name',
    'batches/:uuid',
  ])
  @Page()
  one(call: Call): string {
    return this.page(call, 2);
  }

  private page({ url, response }: Call, depth: number): string {
    const { httpAdapter } = this.host;
    const base = baseOf(url, depth);
    // Without a slash at its end, the start page has to know by which name the browser asked: a proxy may change it.
    const needsScript = base.startsWith('./') && base !== './' && !hasPolicy(response);
    const html = this.files.page(base, needsScript ? `<script>${BASE_SCRIPT}</script>` : '');
    setPageHeaders(httpAdapter, response, needsScript ? ` 'sha256-${BASE_SCRIPT_HASH}'` : '');
    return html;
  }
}
