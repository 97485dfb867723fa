import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { DelayableJob } from './delayable-job.js';
import type { DelayableNode } from './delayable-node.js';

/** What became of delayables that were stored. */
export class StoredGraphs {
  /** `graphs`: of each its jobs in order; `stored`: what was stored, or is there already, by the uuid of the draft. */
  constructor(
    private readonly graphs: readonly (readonly DelayableJob[])[],
    private readonly stored: ReadonlyMap<string, QueueJob>,
  ) {}

  /** A job without a key, of a graph that is there already, has no twin of its own: it gets the first of the graph. */
  jobOf(job: DelayableJob): QueueJob {
    return this.stored.get(job.uuid) ?? (this.graphOf(job)[0] as QueueJob);
  }

  /** All jobs of the graph of a job. */
  graphOf(job: DelayableJob): QueueJob[] {
    return this.answers(this.graphs.find((jobs) => jobs.includes(job)) ?? []);
  }

  /** The jobs of a node alone. */
  of(node: DelayableNode): QueueJob[] {
    const jobs = node.jobs();
    const [only] = jobs;
    return jobs.length === 1 && only !== undefined ? [this.jobOf(only)] : this.answers(jobs);
  }

  private answers(jobs: readonly DelayableJob[]): QueueJob[] {
    const found = new Map<string, QueueJob>();
    for (const { uuid } of jobs) {
      const job = this.stored.get(uuid);
      if (job !== undefined && !found.has(job.uuid)) found.set(job.uuid, job);
    }
    return [...found.values()].sort((a, b) => a.seq - b.seq);
  }
}
