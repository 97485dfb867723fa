import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { BatchService, QueueService } from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { Random } from '../random.js';
import type { CallContext, Workload } from '../workload/workload.js';
import { WORKLOADS } from '../workload/workloads.js';
import type { Recorder } from './recorder.js';
import type { ProcessSettings } from './settings.js';

/** So many calls are under way at once. */
const LANES = 4;
/** Between two calls of a lane, at most, in milliseconds. */
const PAUSE_MS = 40;
/** Every other time so long, in milliseconds, no more than so many jobs live: the processes are idle now and then. */
const LULL = { ms: 10_000, jobs: 12 };

/** Calls one workload after the other, in several lanes, until it is stopped. */
export class Caller {
  private stopped = false;
  private calling: Promise<unknown> = Promise.resolve();
  private readonly recent: string[] = [];
  private readonly random: Random;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly recorder: Recorder,
    settings: ProcessSettings,
    private readonly calls: NonNullable<ProcessSettings['calls']>,
  ) {
    this.random = new Random(settings.seed);
  }

  start(): void {
    const together = WORKLOADS.filter(({ alone }) => alone !== true);
    const alone = this.calls.alone ? WORKLOADS.filter((workload) => workload.alone) : [];
    this.calling = Promise.all([
      ...Array.from({ length: LANES }, async () => this.call(together, PAUSE_MS)),
      ...alone.map(async (workload) => this.call([workload], 20 * PAUSE_MS)),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.calling;
  }

  private async call(workloads: readonly Workload[], between: number): Promise<void> {
    const { random, recorder, recent } = this;
    while (!this.stopped) {
      await this.untilRoom();
      const workload = random.weighted(workloads);
      const context: CallContext = {
        queue: this.app.get(QueueService),
        batches: this.app.get(BatchService),
        dataSource: this.app.get(DataSource),
        random,
        recorder,
        channels: this.calls.channels,
        recent,
        accepted: async (jobs, from, facts) => {
          await Promise.all(jobs.map(({ uuid }) => recorder.accepted(workload.name, uuid, from, facts)));
        },
      };
      // What is refused was not accepted; the faults of the campaign see to that now and then.
      await workload.call(context).catch(() => undefined);
      await pause(random.int(0, between));
    }
  }

  private async untilRoom(): Promise<void> {
    for (;;) {
      const rows = await this.recorder.ask<{ full: boolean }>(
        'SELECT count(*) > $1 AS full FROM (SELECT FROM queue_job LIMIT $1 + 1) j',
        [Date.now() % (2 * LULL.ms) < LULL.ms ? LULL.jobs : this.calls.backlog],
      );
      if (this.stopped || rows[0]?.full !== true) return;
      await pause(100);
    }
  }
}
