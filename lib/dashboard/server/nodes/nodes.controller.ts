import { Get, Post } from '@nestjs/common';
import { NodeService } from '../../../services/node.service.js';
import { NodeNotFoundError } from '../../../errors/node-not-found.error.js';
import type { NodeState } from '../../../store/nodes/node-store.js';
import type { NodeName, NodeView, Rights } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseNodeAction } from '../input/cluster.input.js';
import { JobSummaries } from '../jobs/job-summaries.js';
import { NODE, NODE_NAME } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { listOf } from '../openapi/schemas.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** Jobs of all nodes that are shown. */
const MOST_JOBS = 1_000;
/** Nodes that have ended. */
const MOST_DEAD = 50;
/** Nodes whose names are known. */
const MOST_NAMES = 1_000;

/** The processes that run jobs. */
@ApiController('nodes')
export class NodesController {
  constructor(
    private readonly store: DashboardStore,
    private readonly nodes: NodeService,
    private readonly summaries: JobSummaries,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Described({ summary: 'The nodes that run, and the last that have ended', answer: listOf(NODE) })
  async list({ rights }: Call): Promise<NodeView[]> {
    const all = await this.store.nodes.list();
    const dead = all.filter(({ state }) => state === 'dead').slice(0, MOST_DEAD);
    return this.views([...all.filter(({ state }) => state !== 'dead'), ...dead], rights);
  }

  @Get('names')
  @Described({
    summary: 'What nodes are called, those that have ended included: the 1,000 newest',
    answer: listOf(NODE_NAME),
  })
  async names(): Promise<NodeName[]> {
    return this.store.nodes.labels(MOST_NAMES);
  }

  @Post(':id/actions/:action')
  @Described({
    summary: 'Drains a node, resumes it, or stops it',
    description:
      '`drain`: it claims no more, until `resume`. `stop`: it ends what runs and leaves; its process goes on.',
    path: { id: 'The number of a node', action: 'drain, resume or stop' },
    body: { type: 'object' },
    answer: NODE,
    problems: { 404: 'There is no such node, or it has ended' },
  })
  async act({ params, requester }: Call): Promise<NodeView> {
    requester.must('nodes');
    const { id, action } = parseNodeAction({ id: params['id'], action: params['action'] });
    await this.trail.note(
      { actor: requester.actor, action: `nodes.${action}`, target: String(id) },
      async () => this.nodes[action](id),
    );
    const all = await this.store.nodes.list();
    const [view] = await this.views(
      all.filter((node) => node.id === id),
      requester.rights,
    );
    if (view === undefined) throw new NodeNotFoundError(`There is no node ${id} any more.`);
    return view;
  }

  private async views(nodes: readonly NodeState[], rights: Rights): Promise<NodeView[]> {
    const uuids = nodes.flatMap(({ jobs }) => jobs).slice(0, MOST_JOBS);
    const jobs = new Map((await this.summaries.read(uuids, rights)).map((job) => [job.uuid, job]));
    return nodes.map((node) => nodeView(node, jobs));
  }
}

const nodeView = (node: NodeState, jobs: ReadonlyMap<string, JobSummary>): NodeView => ({
  id: node.id,
  name: node.name,
  state: node.state,
  listens: node.listens,
  version: node.version,
  release: node.release,
  channels: node.channels,
  functions: node.names.toSorted(),
  dateStarted: node.dateStarted.toISOString(),
  dateSeen: node.dateSeen.toISOString(),
  dateEnded: node.dateEnded?.toISOString() ?? null,
  concurrency: node.concurrency,
  running: node.jobs.flatMap((uuid) => jobs.get(uuid) ?? []),
  memory: node.memory,
  cpu: node.cpu,
});
