import type { ClaimedJob } from '../../store/claims/claim-store.js';
import type { ReapedTry } from '../../store/nodes/node-store.js';
import type { RollupStore } from '../../store/stats/rollup-store.js';
import { isAboutData } from '../../common/pg-errors.js';
import type { Ended, RunEnd } from '../attempt/attempt-result.js';
import { type Counted, Tally } from './stats-buffer.js';

/** Between two looks whether there is something to write, in milliseconds. What a process that is killed had since is lost. */
const WRITE_MS = 10_000;
const MINUTE_MS = 60_000;
/** Late in its minute, so that a sample tells how it was at its end, in milliseconds. */
const SAMPLE_AT_MS = 50_000;

/** Brings what happens on this node to the small tables that charts are drawn from. An idle node writes nothing. */
export class Bookkeeper {
  private readonly tally = new Tally();
  private writer: NodeJS.Timeout | undefined;
  private sampler: NodeJS.Timeout | undefined;
  private writing: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly rollups: RollupStore,
    private readonly node: () => number,
  ) {}

  start(): void {
    this.writer = setInterval(() => void this.write(), WRITE_MS);
    this.writer.unref();
    this.sampleLater();
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.writer);
    clearTimeout(this.sampler);
    await this.writing;
    await this.write();
  }

  /** Milliseconds since 1970, by the database's clock. */
  setClock(now: number): void {
    this.tally.setClock(now);
  }

  ended(ended: readonly Ended[], fenced: ReadonlySet<string>): void {
    for (const { run, at, end } of ended) {
      const { job } = run;
      if (fenced.has(job.uuid)) continue;
      // Until it was claimed by the clock of the database, and from then on by that of the process.
      const since = job.eta !== null && job.eta > job.dateCreated ? job.eta : job.dateCreated;
      const claimed = job.dateEnqueued.getTime() - since.getTime();
      const wait = (claimed + run.startedAt - job.receivedAt) / 1000;
      this.tally.count(countedAs(end), job.channel, job.name, at, wait, (at - run.startedAt) / 1000);
    }
  }

  /** A job that was cancelled at hand, before it began. */
  dropped({ channel, name }: ClaimedJob): void {
    this.tally.countUntimed('cancelled', channel, name, performance.now());
  }

  /** Jobs of a node that has died. */
  reaped(tries: readonly ReapedTry[]): void {
    const now = performance.now();
    for (const { kind, channel, name, wait, run } of tries)
      this.tally.count(kind, channel, name, now, wait, run);
  }

  private async write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => (this.writing = null));
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    for (let batch = this.tally.next(this.node()); batch !== null; batch = this.tally.next(this.node())) {
      try {
        await this.rollups.add(batch);
      } catch (error) {
        // It goes again with the next look, but not for ever where PostgreSQL refuses what is in it.
        if (!isAboutData(error)) return;
      }
      this.tally.written();
    }
  }

  private sampleLater(): void {
    const inMinute = Date.now() % MINUTE_MS;
    const wait = (SAMPLE_AT_MS - inMinute + MINUTE_MS) % MINUTE_MS;
    this.sampler = setTimeout(() => {
      void this.rollups
        .sample()
        // A minute without a sample is a gap in a chart.
        .catch(() => undefined)
        .finally(() => {
          if (!this.stopped) this.sampleLater();
        });
    }, wait || MINUTE_MS);
    this.sampler.unref();
  }
}

function countedAs(end: RunEnd): Counted {
  if (end.kind === 'settled') return end.seconds === undefined ? 'done' : 'retried';
  return end.kind === 'retry' ? 'retried' : end.kind;
}
