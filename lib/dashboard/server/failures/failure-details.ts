import { Injectable } from '@nestjs/common';
import type { FailureKey, FailureSums } from '../../../store/stats/failure-store.js';
import type { FailureHour } from '../../../store/stats/failure-detail-store.js';
import type { Mute } from '../../../store/stats/mute-store.js';
import type { FailureGroup } from '../../api/cluster.api.js';
import type { FailureDetail, FailureRange } from '../../api/failures.api.js';
import { ProblemError } from '../http/problem.error.js';
import { MOST_WATCHED } from '../input/failures.input.js';
import { JobDetails } from '../jobs/job-details.js';
import { dashboardJob, HIDDEN_TEXT } from '../jobs/job-summary.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { failureId } from './failure-id.js';

const HOUR_MS = 3_600_000;
const HOURS: Readonly<Record<FailureRange, number>> = { day: 24, week: 168 };
/** Jobs whose arguments are shown. */
const SAMPLES = 3;

/** Groups of failures, as the page gets them. */
@Injectable()
export class FailureDetails {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
    private readonly jobs: JobDetails,
  ) {}

  /** The group with the last failure first; those that are muted come last. */
  async groups(): Promise<FailureGroup[]> {
    const [groups, mutes] = await Promise.all([this.store.failures.groups(), this.mutes()]);
    const views = groups.map((group) => this.view(group, mutes));
    return [...views.filter(({ muted }) => muted === null), ...views.filter(({ muted }) => muted !== null)];
  }

  /** @throws ProblemError of status 404 where nothing has failed so */
  async detail(key: FailureKey, range: FailureRange): Promise<FailureDetail> {
    const { failures, failureDetails } = this.store;
    const [[living], mutes, { start, hours }, releases, failed] = await Promise.all([
      failures.groups(key),
      this.mutes(),
      failureDetails.hours(key, HOURS[range]),
      failureDetails.releases(),
      failureDetails.failed(key, MOST_WATCHED),
    ]);
    const group = living ?? (await failureDetails.past(key));
    if (group === null) throw new ProblemError(404, 'Nothing has failed in this way.', { code: 'NOT_FOUND' });
    const from = start.getTime() - (HOURS[range] - 1) * HOUR_MS;
    const releaseOf = ({ node }: FailureHour): string | null =>
      node === null ? null : (releases.byNode.get(node) ?? null);
    return {
      ...this.view(group, mutes),
      range,
      hours: Array.from({ length: HOURS[range] }, (_, at) => new Date(from + at * HOUR_MS).toISOString()),
      byNode: series(hours, HOURS[range], ({ node }) => node).map(([node, counts]) => ({ node, counts })),
      byRelease: series(hours, HOURS[range], releaseOf).map(([release, counts]) => ({ release, counts })),
      releases: releases.starts
        .filter(({ date }) => date.getTime() >= from)
        .map(({ release, date }) => ({ release, date: date.toISOString() })),
      ...(await this.jobs.failureSamples(group.jobs.slice(0, SAMPLES))),
      failed,
    };
  }

  private view(
    { fingerprint, last, excMessage, firstSeen, lastSeen, ...same }: FailureSums,
    mutes: ReadonlyMap<string, Mute>,
  ): FailureGroup {
    const id = failureId({ name: same.name, fingerprint });
    const mute = mutes.get(id);
    return {
      ...same,
      id,
      excMessage: this.redactor.of(dashboardJob(last)).text('error', excMessage) ?? HIDDEN_TEXT,
      firstSeen: firstSeen.toISOString(),
      lastSeen: lastSeen.toISOString(),
      muted:
        mute === undefined
          ? null
          : { actor: mute.actor, date: mute.date.toISOString(), until: mute.until?.toISOString() ?? null },
    };
  }

  private async mutes(): Promise<Map<string, Mute>> {
    return new Map((await this.store.mutes.list()).map((mute) => [failureId(mute), mute]));
  }
}

/** The counts of each hour by a key, the oldest hour first; the key with most first. */
function series<K>(
  hours: readonly FailureHour[],
  length: number,
  keyOf: (hour: FailureHour) => K,
): [K, number[]][] {
  const counts = new Map<K, number[]>();
  for (const hour of hours) {
    const key = keyOf(hour);
    const own = counts.get(key) ?? Array.from({ length }, () => 0);
    const at = length - 1 - hour.ago;
    if (own[at] !== undefined) own[at] += hour.count;
    counts.set(key, own);
  }
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  return [...counts].toSorted(([, a], [, b]) => sum(b) - sum(a));
}
