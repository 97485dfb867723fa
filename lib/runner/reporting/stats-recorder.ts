import { PeriodicTask } from '../../common/periodic-task.js';
import type { ClaimedJob } from '../../store/claims/claimed-job.js';
import type { RescuedAttempt } from '../../store/nodes/rescued-attempt.js';
import type { StatsStore } from '../../store/stats/rollup-store.js';
import { isDataError } from '../../common/pg-errors.js';
import type { EndedAttempt, AttemptResult } from '../attempt/attempt-result.js';
import { type CountedOutcome, StatsBuffer } from './stats-buffer.js';

/** Between two looks whether there is something to write, in milliseconds. What a process that is killed had since is lost. */
const WRITE_MS = 10_000;
const MINUTE_MS = 60_000;
/** Late in its minute, so that a sample tells how it was at its end, in milliseconds. */
const SAMPLE_AT_MS = 50_000;

/** Is called with each attempt that ends on this node; `wait` and `run` are seconds, undefined where none began. */
export type AttemptMeter = (
  outcome: CountedOutcome,
  channel: string,
  name: string,
  tags: readonly string[] | null,
  wait?: number,
  run?: number,
) => void;

/** Brings what happens on this node to the small tables that charts are drawn from. An idle node writes nothing. */
export class StatsRecorder {
  private readonly buffer = new StatsBuffer();
  private readonly writer = new PeriodicTask(async () => this.write(), { every: WRITE_MS });
  /** A minute without a sample is a gap in a chart. */
  private readonly sampler = new PeriodicTask(async () => this.rollups.sample(), { every: untilSample });

  constructor(
    private readonly rollups: StatsStore,
    private readonly node: () => number,
    private readonly meter?: AttemptMeter,
  ) {}

  start(): void {
    this.writer.start();
    this.sampler.start();
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    void this.sampler.stop();
    await this.writer.stop();
    await this.write();
  }

  /** Milliseconds since 1970, by the database's clock. */
  setClock(now: number): void {
    this.buffer.setClock(now);
  }

  ended(ended: readonly EndedAttempt[], fenced: ReadonlySet<string>): void {
    for (const { attempt, at, result } of ended) {
      const { job } = attempt;
      if (fenced.has(job.uuid)) continue;
      // Until it was claimed by the clock of the database, and from then on by that of the process.
      const since = job.eta !== null && job.eta > job.dateCreated ? job.eta : job.dateCreated;
      const claimed = job.dateEnqueued.getTime() - since.getTime();
      const wait = (claimed + attempt.startedAt - job.receivedAt) / 1000;
      const outcome = outcomeOf(result);
      const run = (at - attempt.startedAt) / 1000;
      this.buffer.count(outcome, job.channel, job.name, at, wait, run);
      this.meter?.(outcome, job.channel, job.name, job.tags, wait, run);
    }
  }

  /** A prefetched job that was cancelled before it began. */
  dropped({ channel, name, tags }: ClaimedJob): void {
    this.buffer.countUntimed('cancelled', channel, name, performance.now());
    this.meter?.('cancelled', channel, name, tags);
  }

  /** Jobs of a node that has died; what had not begun is no attempt. */
  rescued(attempts: readonly RescuedAttempt[]): void {
    const now = performance.now();
    for (const { kind, channel, name, tags, wait, run } of attempts) {
      if (kind === 'back') continue;
      this.buffer.count(kind, channel, name, now, wait, run);
      this.meter?.(kind, channel, name, tags, wait, run);
    }
  }

  private async write(): Promise<void> {
    for (let batch = this.buffer.next(this.node()); batch !== null; batch = this.buffer.next(this.node())) {
      try {
        await this.rollups.add(batch);
      } catch (error) {
        // It is sent again next time, but not forever: PostgreSQL may refuse what is in it.
        if (!isDataError(error)) return;
      }
      this.buffer.written();
    }
  }
}

/** Until the next sample, in milliseconds. */
function untilSample(): number {
  const inMinute = Date.now() % MINUTE_MS;
  return (SAMPLE_AT_MS - inMinute + MINUTE_MS) % MINUTE_MS || MINUTE_MS;
}

function outcomeOf(result: AttemptResult): CountedOutcome {
  if (result.kind === 'settled') return result.seconds === undefined ? 'done' : 'retried';
  if (result.kind === 'expired') return 'cancelled';
  return result.kind === 'retry' ? 'retried' : result.kind;
}
