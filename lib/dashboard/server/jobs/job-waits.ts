import { Injectable } from '@nestjs/common';
import type { WaitReason } from '../../../inspect/explain/explanation.js';
import { JobExplainer } from '../../../inspect/explain/job-explainer.js';
import type { JobWait, JobWaitReason } from '../../api/waits.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** Why jobs wait. Of errors it tells the names, which are never hidden. */
@Injectable()
export class JobWaitViews {
  private readonly explainer: JobExplainer;

  constructor(store: DashboardStore) {
    this.explainer = new JobExplainer(store);
  }

  async read(uuids: readonly string[]): Promise<Record<string, JobWait>> {
    const explained = await this.explainer.explainMany(uuids);
    return Object.fromEntries(
      [...explained].map(([uuid, { reasons, position, startsIn }]) => [
        uuid,
        { reasons: reasons.map(reasonView), position, startsIn },
      ]),
    );
  }
}

/** Reasons have different properties: those that the page knows, whichever the kind. */
function reasonView(reason: WaitReason): JobWaitReason {
  const { kind, channel, by, since, until, ahead, running, capacity, count, node, ...more } =
    reason as WaitReason & Partial<AnyReason>;
  const { parents, behind, failed, error } = more as Partial<AnyReason>;
  const jobs = parents ?? (behind === undefined ? undefined : [behind]);
  const view = {
    kind,
    channel,
    by,
    since: since?.toISOString(),
    until: until?.toISOString(),
    ahead,
    running,
    capacity,
    count,
    jobs,
    failed: failed?.uuid,
    node,
    error: error?.name ?? failed?.error?.name,
  };
  const given = Object.entries(view).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given) as unknown as JobWaitReason;
}

interface AnyReason {
  readonly channel: string;
  readonly by: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly ahead: number;
  readonly running: number;
  readonly capacity: number;
  readonly count: number;
  readonly node: number;
  readonly parents: NonNullable<JobWaitReason['jobs']>;
  readonly behind: NonNullable<JobWaitReason['jobs']>[number];
  readonly failed: { readonly uuid: string; readonly error: { readonly name: string } | null } | null;
  readonly error: { readonly name: string } | null;
}
