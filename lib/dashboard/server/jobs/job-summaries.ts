import { Injectable } from '@nestjs/common';
import type { Rights } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { dashboardJob, jobSummary } from './job-summary.js';

/** Reads jobs by their uuids, as rows of a list. */
@Injectable()
export class JobSummaries {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
  ) {}

  /** Those that are there, the newest first. */
  async read(uuids: readonly string[], rights: Rights): Promise<JobSummary[]> {
    if (uuids.length === 0) return [];
    const { rows } = await this.store.search.summaries({ uuids }, { limit: uuids.length });
    return rows.map((row) => jobSummary(row, rights, this.redactor.of(dashboardJob(row))));
  }
}
