import { PeriodicTask } from '../../common/periodic-task.js';
import type { BatchStore } from '../../store/batches/batch-store.js';
import { type HistoryPosition, type HistoryStore, START_OF_HISTORY } from '../../store/jobs/history-store.js';
import type { KeyStore } from '../../store/insert/key-store.js';
import type { ChannelStore } from '../../store/channels/channel-store.js';
import type { NodeStore } from '../../store/nodes/node-store.js';

/** Between two rounds, in milliseconds. */
const EVERY_MS = 60_000;
/** How many jobs one statement reads. */
const STEP = 1_000;

/** A channel that was made on use and has been empty for so long, in seconds, is removed. */
const EMPTY_S = 24 * 60 * 60;

/** Rounds until one looks at everything again: at a job that was committed behind the mark, or kept for longer then. */
const ROUNDS = 60;

/**
 * Removes what ended long ago, a little at a time. Any number of nodes may do so at once.
 *
 * Each round goes on where the one before has ended, for each time that jobs are kept: so a job is looked at when its
 * time is over, and not in every round until then, however many are kept.
 */
export class JobPruner {
  private readonly rounds: PeriodicTask;
  /** The last channel that was looked at. */
  private lastChannel = '';
  private marks = new Map<number, HistoryPosition>();
  private roundsDone = 0;

  constructor(
    private readonly history: HistoryStore,
    private readonly batches: BatchStore,
    private readonly nodes: NodeStore,
    private readonly keys: KeyStore,
    private readonly channels: ChannelStore,
    /** Milliseconds that ended jobs are kept; null is forever. */
    private readonly interval: number | null,
    failed: (error: unknown) => void,
  ) {
    this.rounds = new PeriodicTask(async () => this.run(), { every: EVERY_MS, onError: failed });
  }

  start(): void {
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  /** One round: until nothing old is left. */
  async run(): Promise<void> {
    if (this.roundsDone % ROUNDS === 0) this.marks = new Map();
    this.roundsDone += 1;
    for (const interval of await this.history.intervals(this.interval)) await this.pass(interval);
    await this.batches.prune(this.interval);
    await this.nodes.prune(this.interval);
    await this.keys.prune();
    this.lastChannel = (await this.channels.prune(this.lastChannel, STEP, EMPTY_S)) ?? '';
  }

  private async pass(interval: number): Promise<void> {
    let position = this.marks.get(interval) ?? START_OF_HISTORY;
    for (let finished = false; !finished && !this.rounds.stopped; this.marks.set(interval, position)) {
      ({ position, finished } = await this.history.prune(interval, this.interval, position, STEP));
    }
  }
}
