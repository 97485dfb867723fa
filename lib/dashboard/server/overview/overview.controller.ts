import { Get } from '@nestjs/common';
import type { ChannelState } from '../../../store/channels/channel-store.js';
import type { Rights, Overview } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { JobSummaries } from '../jobs/job-summaries.js';
import { OVERVIEW } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { Counts } from './counts.js';

const BUSIEST = 8;

/** How it goes, at a glance. */
@ApiController('overview')
export class OverviewController {
  constructor(
    private readonly store: DashboardStore,
    private readonly counts: Counts,
    private readonly summaries: JobSummaries,
  ) {}

  @Get()
  @Described({ summary: 'How it goes, at a glance', answer: OVERVIEW })
  async overview({ rights }: Call): Promise<Overview> {
    const [counts, waiting, channels, ended, nodes] = await Promise.all([
      this.counts.read(),
      this.store.overview.waiting(),
      this.store.channels.list(),
      this.store.metrics.endedByChannel(),
      this.store.nodes.list(),
    ]);
    const alive = nodes.filter(({ state }) => state !== 'dead');
    const oldest = await this.oldest(waiting.uuid, rights);
    return {
      counts,
      oldestWaiting: oldest,
      oldestWait: oldest === null ? null : waiting.seconds,
      busiest: busiest(channels, ended),
      nodes: {
        alive: alive.length,
        running: alive.reduce((sum, { jobs }) => sum + jobs.length, 0),
        concurrency: alive.reduce((sum, { concurrency }) => sum + concurrency, 0),
      },
      unknownNames: waiting.unknown,
    };
  }

  private async oldest(uuid: string | null, rights: Rights): Promise<JobSummary | null> {
    if (uuid === null) return null;
    return (await this.summaries.read([uuid], rights))[0] ?? null;
  }
}

/** By what ended in them or below, then by what waits. */
function busiest(channels: readonly ChannelState[], ended: ReadonlyMap<string, number>): Overview['busiest'] {
  return channels
    .map(({ name, running, waiting, capacity }) => {
      const below = [...ended].filter(([one]) => one === name || one.startsWith(`${name}.`));
      const sum = below.reduce((total, [, count]) => total + count, 0);
      return { channel: name, ended: sum, running, waiting, capacity };
    })
    .filter((one) => one.ended > 0 || one.running > 0 || one.waiting > 0)
    .toSorted((a, b) => b.ended - a.ended || b.waiting - a.waiting || b.running - a.running)
    .slice(0, BUSIEST);
}
