import { Get } from '@nestjs/common';
import { JOB_STATES, type JobState } from '../../../job/job-state.js';
import type { GraphJob } from '../../../store/graphs/graph-store.js';
import type { GraphNodeView, GraphView } from '../../api/cluster.api.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { ProblemError } from '../http/problem.error.js';
import { parseUuid } from '../input/jobs.input.js';
import { HIDDEN_TEXT } from '../jobs/job-summary.js';
import { heldUpBy } from './held-up.js';
import { GRAPH } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';

const MOST = 10_000;
const DESCRIPTION = 120;
const MOST_BATCHES = 20;

/** The graphs: what depends on what. */
@ApiController('graphs')
export class GraphsController {
  constructor(
    private readonly store: DashboardStore,
    private readonly redactor: Redactor,
  ) {}

  @Get(':uuid')
  @Described({
    summary: 'A graph: its jobs, 10,000 at most, and what depends on what',
    path: { uuid: 'The uuid of a graph' },
    answer: GRAPH,
    problems: { 404: 'There is no such graph' },
  })
  async one({ params }: Call): Promise<GraphView> {
    const uuid = parseUuid(params['uuid']);
    const { jobs, links, counts } = await this.store.graphs.shape(uuid, MOST);
    if (jobs.length === 0) throw new ProblemError(404, `There is no graph ${uuid}.`, { code: 'NOT_FOUND' });
    const at = new Map(jobs.map((job, place) => [job.uuid, place]));
    const edges = links.flatMap(({ parent, child }): [number, number][] => {
      const [from, to] = [at.get(parent), at.get(child)];
      return from === undefined || to === undefined ? [] : [[from, to]];
    });
    const roots = heldUpBy(jobs, edges);
    const all = Object.fromEntries(JOB_STATES.map((state) => [state, counts.get(state) ?? 0])) as Record<
      JobState,
      number
    >;
    return {
      uuid,
      nodes: jobs.map((job, place) => this.view(job, roots.get(place) ?? [])),
      edges,
      counts: all,
      batches: await this.batches(jobs),
      cut: Object.values(all).reduce((sum, count) => sum + count, 0) - jobs.length,
    };
  }

  /** The batches that its jobs belong to. */
  private async batches(jobs: readonly GraphJob[]): Promise<GraphView['batches']> {
    const uuids = [...new Set(jobs.flatMap(({ batchUuid }) => batchUuid ?? []))].slice(0, MOST_BATCHES);
    if (uuids.length === 0) return [];
    return (await this.store.batches.names(uuids)).map(({ uuid, name }) => ({ uuid, name }));
  }

  private view(job: GraphJob, waitingFor: readonly number[]): GraphNodeView {
    return {
      uuid: job.uuid,
      name: job.name,
      description: this.redactor.isActive ? this.shown(job) : job.description.slice(0, DESCRIPTION),
      state: job.state,
      progress: job.progress === null ? null : { done: job.progress, total: job.progressTotal },
      waitingFor,
    };
  }

  private shown({ uuid, name, channel, userId, description }: GraphJob): string {
    const redaction = this.redactor.of({ uuid, name, channel, userId });
    return (redaction.text('description', description) ?? HIDDEN_TEXT).slice(0, DESCRIPTION);
  }
}
