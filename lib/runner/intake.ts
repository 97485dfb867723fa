import type { ClaimedJob } from '../store/claim-store.js';
import type { HandedOver, HandOverStore } from '../store/hand-over-store.js';
import { areAlike } from '../store/insert-alike.js';
import type { NewJob, StoredJob } from '../store/new-job.js';
import type { PumpSettings } from './pump.hooks.js';
import type { Workbench } from './workbench.js';

/** Takes jobs as they are called in this process: their INSERT makes them this node's, and no claim has to. */
export class Intake {
  constructor(
    private readonly bench: Workbench,
    private readonly store: HandOverStore,
    private readonly settings: PumpSettings,
  ) {}

  /** Whether this node could run all of these at once, by what it knows: the database looks again. */
  accepts(jobs: readonly NewJob[]): boolean {
    const [first] = jobs;
    if (first === undefined || jobs.length > this.bench.freeSlots) return false;
    const { only, names } = this.settings;
    return (
      this.bench.permits.gatesOf(first.channel).length === 0 &&
      names().includes(first.name) &&
      (only === null || only.some((served) => `${first.channel}.`.startsWith(`${served}.`))) &&
      areAlike(jobs)
    );
  }

  /** Stores them, and runs them where they are this node's then. */
  async take(
    jobs: readonly NewJob[],
    { node, cycle }: { readonly node: number; readonly cycle: number },
    notice: string | null,
  ): Promise<HandedOver> {
    this.bench.reserved = jobs.length;
    let answer: HandedOver;
    try {
      const { version } = this.bench.permits;
      answer = await this.store.insert({ node, cycle, version }, jobs, notice);
    } finally {
      this.bench.reserved = 0;
    }
    if (answer.taken) {
      this.bench.ledger.opened(cycle, jobs.length);
      this.bench.receive(takenJobs(jobs, answer.rows, cycle));
    }
    return answer;
  }
}

/** Jobs that were stored as this node's own, as they would come from a claim. */
function takenJobs(jobs: readonly NewJob[], rows: readonly StoredJob[], claim: number): ClaimedJob[] {
  const receivedAt = performance.now();
  return jobs.map((job, at) => {
    const { seq, dateCreated } = rows[at] as StoredJob;
    return {
      uuid: job.uuid,
      seq,
      name: job.name,
      channel: job.channel,
      priority: job.priority,
      retry: 1,
      maxRetries: job.maxRetries,
      args: job.args,
      description: job.description,
      identityKey: null,
      identityUntilDone: job.identityUntilDone,
      eta: null,
      userId: job.userId,
      context: job.context,
      graphUuid: job.graphUuid,
      batchUuid: job.batchUuid,
      hasChildren: job.hasChildren,
      dateCreated,
      dateEnqueued: dateCreated,
      hand: false,
      claim,
      receivedAt,
    };
  });
}
