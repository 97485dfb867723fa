import { Get } from '@nestjs/common';
import type { FailureGroup } from '../../api/cluster.api.js';
import { ApiController } from '../http/api.controller.js';
import { dashboardJob, HIDDEN_TEXT } from '../jobs/job-summary.js';
import { FAILURES } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { failureId } from './failure-id.js';

/** What has failed, by kind. */
@ApiController('failures')
export class FailuresController {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
  ) {}

  @Get()
  @Described({
    summary:
      'Jobs that failed or wait for another attempt, grouped by name and kind of error: the 200 groups that failed last',
    answer: FAILURES,
  })
  async list(): Promise<FailureGroup[]> {
    const groups = await this.store.failures.groups();
    return groups.map(({ fingerprint, last, excMessage, firstSeen, lastSeen, ...same }) => ({
      ...same,
      id: failureId({ name: same.name, fingerprint }),
      excMessage: this.redactor.of(dashboardJob(last)).text('error', excMessage) ?? HIDDEN_TEXT,
      firstSeen: firstSeen.toISOString(),
      lastSeen: lastSeen.toISOString(),
    }));
  }
}
