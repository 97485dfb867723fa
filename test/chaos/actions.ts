import { setTimeout as pause } from 'node:timers/promises';
import {
  type BatchProgress,
  BatchService,
  type ChannelService,
  JobNotFoundError,
  JobStateError,
  type QueueService,
} from 'nestjs-queue-job';
import type { Recorder } from './process/recorder.js';
import type { Random } from './random.js';

/** A change of a capacity, by the system's clock: between the two times either may be in force. */
export interface CapacityChange {
  readonly channel: string;
  readonly capacity: number | null;
  readonly begun: number;
  done: number;
}

/** What people do meanwhile: capacities change, and what has failed is run again, set done or cancelled. */
export class Steering {
  readonly changes: CapacityChange[] = [];
  readonly steered = { requeue: 0, setDone: 0, cancel: 0 };
  private stopped = false;
  private closing = false;
  private over = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queue: QueueService,
    private readonly batches: BatchService,
    private readonly channels: ChannelService,
    private readonly direct: Recorder,
    private readonly random: Random,
    private readonly limited: readonly string[],
  ) {}

  start(): void {
    this.work = Promise.all([this.changeCapacities(), this.resolveFailed()]);
  }

  /** Capacities stay as they are from now on. */
  stopChanges(): void {
    this.stopped = true;
  }

  /** From now on: nobody adds to what was left open. */
  closeBatches(): void {
    this.closing = true;
  }

  /** As the library tells them. */
  async allBatches(): Promise<BatchProgress[]> {
    const all: BatchProgress[] = [];
    for (;;) {
      const before = all.at(-1)?.uuid;
      const page = await this.batches.list({
        limit: 1_000,
        ...(before === undefined ? {} : { before }),
      });
      if (page.length === 0) return all;
      all.push(...page);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.over = true;
    await this.work;
  }

  private async changeCapacities(): Promise<void> {
    while (!this.stopped && this.limited.length > 0) {
      await pause(this.random.int(300, 3_000));
      const channel = this.random.pick(this.limited);
      const capacity = this.random.chance(0.1) ? null : this.random.int(1, 6);
      const change: CapacityChange = { channel, capacity, begun: Date.now(), done: Infinity };
      this.changes.push(change);
      while (change.done === Infinity) {
        try {
          await this.channels.configure(channel, { capacity });
          change.done = Date.now();
        } catch {
          await pause(100);
        }
      }
    }
  }

  /** To the end: what has failed needs somebody who decides. */
  private async resolveFailed(): Promise<void> {
    while (!this.over) {
      const failed = await this.direct.ask<{ uuid: string }>(
        'SELECT uuid FROM queue_job WHERE phase = 4 LIMIT 20',
      );
      for (const { uuid } of failed) {
        const at = this.random.next();
        const action = at < 0.8 ? 'requeue' : at < 0.9 ? 'setDone' : 'cancel';
        try {
          await this.queue[action](uuid);
          this.steered[action] += 1;
        } catch (error) {
          if (error instanceof JobStateError || error instanceof JobNotFoundError) continue;
          await pause(100);
        }
      }
      if (this.closing) await this.closeOpenBatches();
      await pause(200);
    }
  }

  private async closeOpenBatches(): Promise<void> {
    for (const { uuid } of await this.batches.list({ state: 'open', limit: 1_000 }))
      await (await this.batches.find(uuid))?.close();
  }
}
