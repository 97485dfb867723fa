import { Get } from '@nestjs/common';
import type { AuditPage } from '../../api/cluster.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseAuditPage } from '../input/cluster.input.js';
import { AUDIT_PAGE } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { auditEntry } from './audit-trail.js';

const PAGE = 100;

/** Who did what here. */
@ApiController('audit')
export class AuditController {
  constructor(private readonly store: DashboardStore) {}

  @Get()
  @Described({
    summary: 'Who did what in the dashboard, the newest first',
    query: {
      cursor: 'The `next` of the page before',
      actor: 'Who',
      action: 'Such as `jobs.requeue`, or `jobs` for all of them',
      target: 'What it was done to',
    },
    answer: AUDIT_PAGE,
  })
  async list({ query, requester }: Call): Promise<AuditPage> {
    requester.must('audit');
    const { cursor, actor, action, target } = parseAuditPage(query);
    const { records, next } = await this.store.audit.list(cursor ?? null, PAGE, {
      actor: actor ?? null,
      action: action ?? null,
      target: target ?? null,
    });
    return { entries: records.map(auditEntry), next };
  }
}
