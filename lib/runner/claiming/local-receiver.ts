import type { ClaimedJob } from '../../store/claims/claim-store.js';
import type { HandedOver, HandOverStore } from '../../store/insert/claimed-insert-store.js';
import { areAlike } from '../../store/insert/insert-uniform.js';
import type { NewJob, StoredJob } from '../../store/insert/new-job.js';
import type { PumpSettings } from './claim-loop.hooks.js';
import type { Workbench } from '../slots/worker-pool.js';

/** Arguments of so many characters at most: ends wait for a round trip that carries more. */
const MAX_CHARACTERS = 64_000;

/** Takes jobs as they are called in this process: their INSERT makes them this node's, and no claim has to. */
export class Intake {
  constructor(
    private readonly bench: Workbench,
    private readonly handOvers: HandOverStore,
    private readonly settings: PumpSettings,
  ) {}

  /**
   * Whether this node could run all of these at once, by what it knows: the database looks again. One slot stays free, so
   * that these take none from a job of another channel that came before, and of which this node has not heard yet.
   */
  accepts(jobs: readonly NewJob[]): boolean {
    const [first] = jobs;
    if (first === undefined || jobs.length >= this.bench.freeSlots) return false;
    const { only, names } = this.settings;
    return (
      this.bench.permits.gatesOf(first.channel).length === 0 &&
      names().includes(first.name) &&
      (only === null || only.some((served) => `${first.channel}.`.startsWith(`${served}.`))) &&
      jobs.reduce((sum, { args }) => sum + args.length, 0) <= MAX_CHARACTERS &&
      areAlike(jobs)
    );
  }

  async store(
    jobs: readonly NewJob[],
    by: { readonly node: number; readonly cycle: number },
    notice: string | null,
  ): Promise<HandedOver> {
    const { ledger, permits } = this.bench;
    this.bench.reserved = jobs.length;
    try {
      const answer = await this.handOvers.insert({ ...by, version: permits.version }, jobs, notice);
      if (answer.taken) ledger.opened(by.cycle, jobs.length);
      return answer;
    } catch (error) {
      this.bench.reserved = 0;
      throw error;
    }
  }

  /** Runs them where they are this node's. Whoever called them hears first that they are stored. */
  async begin(jobs: readonly NewJob[], { taken, rows, cycle }: HandedOver): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.bench.reserved = 0;
    if (taken) this.bench.receive(takenJobs(jobs, rows, cycle));
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
      tick: null,
      hasChildren: job.hasChildren,
      dateCreated,
      dateEnqueued: new Date(dateCreated),
      hand: false,
      claim,
      receivedAt,
    };
  });
}
