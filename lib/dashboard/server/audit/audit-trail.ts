import { Injectable } from '@nestjs/common';
import type { QueueJobAudit } from '../../../store/entities/queue-job-audit.entity.js';
import type { AuditEntry } from '../../api/cluster.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** What is done here, noted before it is done; how it ended is added after it. */
@Injectable()
export class AuditTrail {
  constructor(private readonly store: DashboardStore) {}

  /** Does `work`; where it throws, the entry says with what. */
  async note<T>(
    entry: { actor: string; action: string; target: string; details?: Readonly<Record<string, unknown>> },
    work: () => Promise<T>,
  ): Promise<T> {
    const { details = {}, ...rest } = entry;
    return this.store.audit.around({ ...rest, details }, work);
  }
}

export const auditEntry = ({ id, date, actor, action, target, details }: QueueJobAudit): AuditEntry => ({
  id,
  date: date.toISOString(),
  actor,
  action,
  target,
  details,
});
