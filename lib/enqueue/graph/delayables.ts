import type { EntityManager } from 'typeorm';
import { InvalidGraphError } from '../../errors/invalid-graph.error.js';
import { checkObject } from '../../common/option-checks.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { MemberOptions } from '../delayable.types.js';
import type { JobDraft } from '../job-draft.js';
import { type DelayableCall, type DelayableOwner, DelayableJob } from './delayable-job.js';
import { checkNodes, type DelayableNode } from './delayable-node.js';
import { draftGraph, type GraphDraft } from './graph-draft.js';
import { StoredGraphs } from './stored-graphs.js';
import type { ForgottenDelayables } from './forgotten-delayables.js';
import { connectedComponent, topologicalSort, isIsolated } from './topological-sort.js';

/** What delayables are built and stored with. */
export interface DelayableStorage {
  draft(call: DelayableCall): JobDraft;
  /** Answers by the uuids of the drafts. */
  save(graphs: readonly GraphDraft[], options: MemberOptions): Promise<ReadonlyMap<string, QueueJob>>;
}

/** Builds jobs without storing them, and stores the graphs that they were put into. */
export class Delayables implements DelayableOwner {
  constructor(
    private readonly storage: DelayableStorage,
    private readonly forgotten: ForgottenDelayables,
  ) {}

  build(call: DelayableCall): DelayableJob {
    const job = new DelayableJob(this.storage.draft(call), call, this);
    this.forgotten.watch(job, job.description);
    return job;
  }

  forget(job: DelayableJob): void {
    this.forgotten.forget(job);
  }

  /** What it holds is stored elsewhere: it can't be stored again. */
  use(job: DelayableJob): void {
    job.take();
    this.forgotten.forget(job);
  }

  /** Stores every graph that one of the nodes belongs to, whole, all in one transaction. */
  async delay(nodes: readonly DelayableNode[], options: MemberOptions): Promise<StoredGraphs> {
    checkNodes('delayAll', nodes);
    if (new Set(nodes).size < nodes.length) {
      throw new InvalidGraphError('delayAll was given the same delayable twice. Build one for each job.');
    }
    const graphs = graphsOf(nodes);
    const jobs = graphs.flat();
    for (const job of jobs) {
      job.mustBeOpen();
      if (job.home === this) continue;
      throw new InvalidGraphError(`${job.description} was built by the queue of another module.`);
    }
    const { tx, manager = tx === undefined ? commonManager(jobs) : undefined } = checkObject(
      'delay()',
      options,
    );
    for (const job of jobs) this.use(job);
    try {
      return new StoredGraphs(
        graphs,
        await this.storage.save(graphs.map(draftGraph), { ...options, manager }),
      );
    } catch (error) {
      for (const job of jobs) job.giveBack();
      throw error;
    }
  }
}

function graphsOf(nodes: readonly DelayableNode[]): DelayableJob[][] {
  const seen = new Set<DelayableJob>();
  const graphs: DelayableJob[][] = [];
  for (const job of nodes.flatMap((node) => node.jobs())) {
    if (seen.has(job)) continue;
    const graph = isIsolated(job) ? [job] : topologicalSort(connectedComponent(job));
    for (const member of graph) seen.add(member);
    graphs.push(graph);
  }
  return graphs;
}

/** That of the options that the jobs were built with. */
function commonManager(jobs: readonly DelayableJob[]): EntityManager | undefined {
  const managers = new Set(jobs.map(({ call }) => call.manager).filter((manager) => manager !== undefined));
  if (managers.size > 1) {
    throw new InvalidGraphError(
      'The jobs of one graph were built with different managers, but a graph is stored in one transaction. Give the manager to delay() instead.',
    );
  }
  const [manager] = managers;
  return manager;
}
