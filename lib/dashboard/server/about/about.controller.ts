import { Get, Inject } from '@nestjs/common';
import type { About } from '../../api/cluster.api.js';
import type { CheckedDashboardOptions } from '../../dashboard.options.js';
import { RIGHTS } from '../access/rights.js';
import { DASHBOARD_OPTIONS } from '../dashboard.tokens.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { Described } from '../openapi/described.js';
import { flag, orNull, record, text } from '../openapi/schemas.js';
import { LIBRARY_VERSION } from '../../../common/version.js';

/** What the page needs before anything else. */
@ApiController('about')
export class AboutController {
  constructor(@Inject(DASHBOARD_OPTIONS) private readonly options: CheckedDashboardOptions) {}

  @Get()
  @Described({
    summary: 'What the requester may do here',
    answer: record({
      version: text,
      rights: record(Object.fromEntries(RIGHTS.map((right) => [right, flag]))),
      csrf: orNull(record({ cookie: text, header: text })),
      title: text,
    }),
  })
  about({ rights }: Call): About {
    const { csrf, title } = this.options;
    return { version: LIBRARY_VERSION, rights, csrf, title };
  }
}
