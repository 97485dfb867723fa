import { NOTE } from './fill-sql.ts';
import type { Handler, Payload, Role, Seed, System } from './system.ts';
import { TickLog } from './tick-log.ts';

export const QUEUE = 'bench';
/** A queue of their own, so that no backlog is before them. */
export const TICKS = 'ticks';

/**
 * https://docs.bullmq.io/guide/workers/concurrency, and https://docs.bullmq.io/guide/postgresql, "Indicative numbers":
 * processing is measured there with 8 to 32.
 */
export const CONCURRENCY = 32;

const SEED_BATCH = 1_000;

/** As its `FlowJob`. */
interface Flow {
  readonly name: string;
  readonly queueName: string;
  readonly data: Payload;
  readonly children?: Flow[];
}

/** A queue of schedules, and who works on it. */
interface Ticking {
  readonly queue: {
    upsertJobScheduler(id: string, repeat: { pattern: string }): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly worker: { run(): Promise<unknown>; close(force?: boolean): Promise<void> };
}

/** What both backends have in common. */
interface Parts {
  readonly queue: {
    add(name: string, data: Payload): Promise<unknown>;
    addBulk(jobs: { name: string; data: Payload }[]): Promise<unknown>;
    setGlobalConcurrency(concurrency: number): Promise<unknown>;
    getJobCounts(
      ...types: ('waiting' | 'active' | 'delayed' | 'prioritized' | 'waiting-children')[]
    ): Promise<Record<string, number>>;
    close(): Promise<void>;
  };
  readonly flows: () => { add(flow: Flow): Promise<unknown>; close(): Promise<void> };
  readonly worker: (run: (job: { data: Payload }) => Promise<void>) => {
    run(): Promise<unknown>;
    close(force?: boolean): Promise<void>;
  };
  readonly ticking: (run: (job: { id?: string | undefined }) => Promise<void>) => Ticking;
  readonly migrate: () => Promise<void>;
}

/** Its `Queue`, `Worker` and `FlowProducer`, which are the same on every backend. */
export class BullMqSystem implements System {
  private worker: ReturnType<Parts['worker']> | undefined;
  private flows: ReturnType<Parts['flows']> | undefined;
  private ticking: Ticking | undefined;

  constructor(
    private readonly role: Role,
    private readonly parts: Parts,
  ) {}

  async prepare(): Promise<void> {
    await this.parts.migrate();
  }

  async seed({ jobs }: Seed): Promise<void> {
    for (let from = 0; from < jobs; from += SEED_BATCH) {
      const length = Math.min(SEED_BATCH, jobs - from);
      await this.enqueueMany(Array.from({ length }, (_, at) => ({ order: from + at, note: NOTE, sent: 0 })));
    }
    // https://docs.bullmq.io/guide/queues/global-concurrency
    const capacity = this.role.work?.capacity;
    if (capacity !== undefined) await this.parts.queue.setGlobalConcurrency(capacity);
  }

  enqueue(payload: Payload): Promise<unknown> {
    return this.parts.queue.add('job', payload);
  }

  /** https://docs.bullmq.io/guide/queues/adding-bulks */
  enqueueMany(payloads: readonly Payload[]): Promise<unknown> {
    return this.parts.queue.addBulk(payloads.map((data) => ({ name: 'job', data })));
  }

  /** https://docs.bullmq.io/guide/flows: a parent waits for its children, so the first step is the deepest. */
  chain(payloads: readonly Payload[]): Promise<unknown> {
    this.flows ??= this.parts.flows();
    let flow: Flow | undefined;
    for (const data of payloads) {
      flow = { name: 'job', queueName: QUEUE, data, ...(flow === undefined ? {} : { children: [flow] }) };
    }
    return flow === undefined ? Promise.resolve() : this.flows.add(flow);
  }

  async work(handler: Handler): Promise<void> {
    this.worker = this.parts.worker(async ({ data }) => handler(data));
    void this.worker.run().catch((error: unknown) => console.error(error));
  }

  /** https://docs.bullmq.io/guide/job-schedulers: `repeat:ID:MILLISECONDS` is the id of a job. */
  async ticks(jobs: number): Promise<number[]> {
    const log = new TickLog();
    this.ticking = this.parts.ticking(async ({ id }) => log.note(Number(id?.split(':').at(-1))));
    void this.ticking.worker.run().catch((error: unknown) => console.error(error));
    for (let at = 0; at < (this.role.work?.schedules ?? 0); at += 1)
      await this.ticking.queue.upsertJobScheduler(`bench${at}`, { pattern: '* * * * * *' });
    return log.first(jobs);
  }

  async settled(): Promise<boolean> {
    const types = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const;
    const counts = await this.parts.queue.getJobCounts(...types);
    return Object.values(counts).every((count) => count === 0);
  }

  async close(): Promise<void> {
    await this.worker?.close(true);
    await this.flows?.close();
    await this.ticking?.worker.close(true);
    await this.ticking?.queue.close();
    await this.parts.queue.close();
  }
}
