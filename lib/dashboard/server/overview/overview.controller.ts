import { Get } from '@nestjs/common';
import type { Rights, Overview } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { JobSummaries } from '../jobs/job-summaries.js';
import { OVERVIEW } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { Attention } from './attention.js';
import { Counts } from './counts.js';

const BUSIEST = 8;

/** How it goes, at a glance. */
@ApiController('overview')
export class OverviewController {
  constructor(
    private readonly store: DashboardStore,
    private readonly counts: Counts,
    private readonly summaries: JobSummaries,
    private readonly attention: Attention,
  ) {}

  @Get()
  @Described({ summary: 'How it goes, at a glance', answer: OVERVIEW })
  async overview({ rights }: Call): Promise<Overview> {
    const [counts, { items: attention, waiting }, busiest, nodes] = await Promise.all([
      this.counts.read(),
      this.attention.read(),
      this.store.channels.busiest(BUSIEST),
      this.store.nodes.list(),
    ]);
    const alive = nodes.filter(({ state }) => state !== 'dead');
    const oldest = await this.oldest(waiting.uuid, rights);
    return {
      counts,
      oldestWaiting: oldest,
      oldestWait: oldest === null ? null : waiting.seconds,
      busiest,
      nodes: {
        alive: alive.length,
        running: alive.reduce((sum, { jobs }) => sum + jobs.length, 0),
        concurrency: alive.reduce((sum, { concurrency }) => sum + concurrency, 0),
      },
      unknownNames: waiting.unknown,
      attention,
    };
  }

  private async oldest(uuid: string | null, rights: Rights): Promise<JobSummary | null> {
    if (uuid === null) return null;
    return (await this.summaries.read([uuid], rights))[0] ?? null;
  }
}
