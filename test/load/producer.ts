import { chain, type DelayableNode, group, type QueueService } from 'nestjs-queue-job';
import { clock, LoadJobs } from './jobs.js';

/** Jobs of one call: most by themselves, some in graphs, some that are tried twice, and one whose pickup is measured. */
const CALL = 100;
const GRAPH = 5;
/** No more calls while the last ones are so far behind their time, in milliseconds: then the rest comes later. */
const STEP_MS = 10;

/** Calls jobs, evenly over a time. */
export class Producer {
  made = 0;

  constructor(
    private readonly queue: QueueService,
    private readonly jobs: number,
    /** Milliseconds. */
    private readonly time: number,
  ) {}

  async run(): Promise<void> {
    const begun = performance.now();
    while (this.made < this.jobs) {
      const due = Math.min(this.jobs, (this.jobs * (performance.now() - begun)) / this.time);
      if (this.made + CALL <= due || this.jobs - this.made <= CALL)
        await this.call(Math.min(CALL, this.jobs - this.made));
      else await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }

  private async call(count: number): Promise<void> {
    const free = this.queue.delayable(LoadJobs);
    const limited = this.queue.delayable(LoadJobs, { channel: 'root.limited' });
    const nodes: DelayableNode[] = [];
    let left = count - 1;
    if (left > 2 * GRAPH) {
      nodes.push(
        chain(
          free.work('first'),
          group(free.work('a'), limited.work('b'), free.flaky()),
          limited.work('last'),
        ),
      );
      left -= GRAPH;
    }
    for (let at = 0; at < left; at += 1) {
      if (at % 20 === 0) nodes.push(free.flaky());
      else nodes.push((at % 4 === 0 ? limited : free).work(`job ${this.made + at}`));
    }
    await this.queue.delayAll(nodes);
    await this.queue.withDelay(LoadJobs).probe(clock());
    this.made += count;
  }
}
