import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { BatchService, QueueService } from 'nestjs-queue-job';
import { ImportService } from '../catalogue/import.service.ts';
import { terminal } from './terminal.ts';

const INTERVAL_MS = terminal.interactive ? 250 : 2_000;

/** Shows what the queue does, for those who watch the terminal. */
@Injectable()
export class QueueMonitor implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private watching: Promise<void> | undefined;

  constructor(
    private readonly queue: QueueService,
    private readonly batches: BatchService,
    private readonly imports: ImportService,
  ) {}

  start(): void {
    this.watching ??= this.watch();
  }

  /** After the last job, and before the connections are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.watching;
    await this.show();
    terminal.release();
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.show();
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async show(): Promise<void> {
    terminal.status(await this.describe().catch(() => 'Waiting for the database'));
  }

  private async describe(): Promise<string> {
    const [counts, latest, [batch]] = await Promise.all([
      this.queue.counts(),
      this.imports.latest(),
      this.batches.list({ state: 'closed', limit: 1 }),
    ]);
    const states = Object.entries(counts).filter(([, count]) => count > 0);
    const jobs = states.map(([state, count]) => `${count.toLocaleString('en')} ${state}`).join(', ');
    if (batch) {
      const failed = batch.counts.failed > 0 ? `, ${batch.counts.failed} failed` : '';
      return `${batch.name}: ${Math.floor(100 * batch.completeness)} %${failed}. Jobs: ${jobs}`;
    }
    if (!latest || latest.imported >= latest.lines) return jobs && `Jobs: ${jobs}`;
    const done = `${latest.imported.toLocaleString('en')} of ${latest.lines.toLocaleString('en')}`;
    return `Catalogue: ${done} products. Jobs: ${jobs}`;
  }
}
