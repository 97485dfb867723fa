import { Injectable } from '@nestjs/common';
import { bucketOf, percentile, totalOf } from '../../../common/histogram.js';
import type { ChannelState } from '../../../store/channels/channel-state.js';
import type { ChannelLoad } from '../../api/channels.api.js';
import type { Rights } from '../../api/cluster.api.js';
import { auditEntry } from '../audit/audit-trail.js';
import { DashboardStore } from '../store/dashboard.store.js';

const MOST_CHANGES = 20;
/** Minutes that the rate is the average of. */
const RECENT = 15;

/** How a channel goes. */
@Injectable()
export class ChannelLoads {
  constructor(private readonly store: DashboardStore) {}

  async read({ name, waiting }: ChannelState, rights: Rights): Promise<ChannelLoad> {
    const [load, changes] = await Promise.all([
      this.store.channelLoad.read(name),
      rights.audit ? this.store.audit.of('channels', name, MOST_CHANGES) : null,
    ]);
    const wait = [...load.wait];
    // What waits still has waited for so long at least: without it a channel in which nothing starts would look fast.
    for (const seconds of load.waiting) {
      const bucket = bucketOf(seconds);
      while (wait.length <= bucket) wait.push(0);
      wait[bucket] = (wait[bucket] ?? 0) + 1;
    }
    const perMinute = load.recent / RECENT;
    const functions = load.functions.map(({ run, ...rest }) => ({ ...rest, total: totalOf(run) }));
    const whole = functions.reduce((sum, { total }) => sum + total, 0);
    return {
      ended: load.ended,
      perMinute,
      wait: { p50: percentile(wait, 0.5), p95: percentile(wait, 0.95), p99: percentile(wait, 0.99) },
      oldest: load.oldest,
      secondsToEmpty: waiting === 0 ? 0 : perMinute === 0 ? null : (waiting / perMinute) * 60,
      nodes: load.nodes,
      functions: functions
        .map((one) => ({ ...one, share: whole === 0 ? 0 : one.total / whole }))
        .toSorted((a, b) => b.total - a.total),
      changes: changes?.map(auditEntry) ?? null,
    };
  }
}
