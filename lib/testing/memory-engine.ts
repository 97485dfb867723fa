import { JobFailedError } from '../errors/job-failed.error.js';
import type { JobTraps } from './job-traps.js';
import type { MemoryJob, MemoryJobs } from './memory-jobs.js';
import type { MemoryRunner } from './memory-runner.js';
import type { TestingEngine } from './testing-engine.js';

/** Jobs without a database: kept, or run at the call. */
export class MemoryEngine implements TestingEngine {
  /** Set by the module, which makes both. */
  traps!: JobTraps;

  constructor(
    readonly jobs: MemoryJobs,
    private readonly runner: MemoryRunner,
    public mode: 'fake' | 'inline',
  ) {}

  /** Traps what was stored, and runs what is to run at the call. */
  async stored(entries: readonly MemoryJob[]): Promise<void> {
    this.traps.add(entries.map(({ job }) => job));
    const now = entries.filter(({ draft }) => this.mode === 'inline' || draft.noDelay);
    const before = new Set(this.jobs.all);
    // And what reports the failures of those.
    const ran = await this.runAll(
      (entry) => now.includes(entry) || (!before.has(entry) && entry.job.failureOf !== null),
    );
    // As with the real module, the error of a call with noDelay is its caller's.
    const thrown = ran.find(({ draft, error }) => draft.noDelay && error !== null);
    if (thrown?.error) throw thrown.error;
  }

  async perform(uuids: ReadonlySet<string>, recursive: boolean): Promise<Error[]> {
    const before = new Set(this.jobs.all);
    const ran = await this.runAll((entry) => uuids.has(entry.job.uuid) || (recursive && !before.has(entry)));
    return [...new Set(ran)].flatMap(({ error, job }) =>
      error === null || job.state !== 'failed'
        ? []
        : [new JobFailedError(`${job.name} failed: ${error.name}: ${error.message}`, { cause: error })],
    );
  }

  forget(): void {
    this.jobs.clear();
  }

  async drain(): Promise<void> {
    await this.runAll(() => true);
  }

  /** Goes from one eta to the next, so that jobs find the time at which they were due. */
  async advanceTime(ms: number): Promise<void> {
    const { jobs } = this;
    const until = jobs.offset + ms;
    const real = jobs.now().getTime() - jobs.offset;
    if (this.mode === 'inline') {
      for (;;) {
        const due = jobs.all.flatMap(({ job }) =>
          job.state === 'pending' && job.eta !== null ? [job.eta.getTime() - real] : [],
        );
        const next = Math.min(...due, Infinity);
        if (next > until) break;
        jobs.offset = Math.max(jobs.offset, next);
        if ((await this.runAll(() => true)).length === 0) break;
      }
    }
    jobs.offset = until;
    if (this.mode === 'inline') await this.drain();
  }

  async withMode<T>(mode: 'fake' | 'inline', work: () => T | Promise<T>): Promise<T> {
    const before = this.mode;
    this.mode = mode;
    try {
      return await work();
    } finally {
      this.mode = before;
    }
  }

  /** Runs what is ready and allowed, also what that releases, until nothing is left. */
  private async runAll(allowed: (entry: MemoryJob) => boolean): Promise<MemoryJob[]> {
    const ran: MemoryJob[] = [];
    for (let next = this.jobs.next(allowed); next !== undefined; next = this.jobs.next(allowed)) {
      ran.push(next);
      await this.runner.run(next);
    }
    return ran;
  }
}
