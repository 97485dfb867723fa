import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClaimedJob, GateMap } from '../../store/claims/claim-store.js';
import { ClaimLedger } from '../claiming/open-claims.js';
import { HandQueue } from './prefetch-queue.js';
import { Launcher } from './start-throttle.js';
import { Outbox, type Outgoing } from '../claiming/settle-buffer.js';
import { Pace, SHORT_MS } from './prefetch-policy.js';
import { Permits } from './held-permits.js';
import { Run } from '../attempt/attempt.js';
import type { RunEnd } from '../attempt/attempt-result.js';

/** What is at hand and could not start within this time, in milliseconds, is given back. */
const HAND_PATIENCE_MS = 100;

export interface WorkbenchHooks {
  /** Runs the method; never rejects. */
  readonly execute: (run: Run) => Promise<RunEnd>;
  /** Something waits for the next round trip. */
  readonly changed: () => void;
  /** A job of a throttled channel has begun. */
  readonly throttled: (channels: readonly string[]) => void;
}

/** What this node has: jobs that run, jobs at hand, and ends that wait to be written. Speaks to nobody. */
export class Workbench {
  readonly runs = new Map<string, Run>();
  readonly hands = new HandQueue();
  readonly permits = new Permits();
  readonly ledger = new ClaimLedger();
  private readonly pace = new Pace();
  private readonly launcher = new Launcher((run) => this.begin(run));
  readonly outbox = new Outbox();
  /** Slots that a round trip under way has asked jobs for. */
  reserved = 0;
  /** False while the permits are being booked anew: then nothing is handed over. */
  private aligned = true;
  /** Runs that last, by channel: their slots and permits don't come free soon. */
  private readonly longRuns = new Map<string, number>();
  /** A job runs in the context of nobody's call, not in that of whoever woke this node. */
  private readonly outside = AsyncLocalStorage.snapshot();
  /** False while the node stops or is quiet: what still comes is given back. */
  private open = true;

  constructor(
    private readonly concurrency: number,
    private readonly hooks: WorkbenchHooks,
  ) {}

  get freeSlots(): number {
    return Math.max(0, this.concurrency - this.runs.size - this.reserved);
  }

  /** Something has to be written. */
  get dirty(): boolean {
    return !this.outbox.empty;
  }

  /** Jobs from a claim: those with a permit start, if a slot is free; the others wait at hand. */
  receive(jobs: readonly ClaimedJob[]): void {
    if (!this.open) {
      this.outbox.giveBack(jobs);
      return;
    }
    for (const job of jobs) {
      if (job.hand || this.freeSlots === 0) this.hands.add(job);
      else this.start(job);
    }
    this.fill();
  }

  /** Nothing starts here any more, and what has not begun is given back. */
  close(): void {
    this.open = false;
    this.giveBack(0);
  }

  /** Takes jobs again. */
  reopen(): void {
    this.open = true;
  }

  /** Starts what is at hand, in order, as long as there are slots and permits. */
  fill(): void {
    if (!this.aligned || !this.open) return;
    while (this.hands.size > 0 && this.freeSlots > 0) {
      const job = this.hands.take((channel) => this.permits.take(channel));
      if (job === undefined) return;
      this.start(job, true);
    }
  }

  /** How many jobs to have at hand beyond what is there, by channel. */
  handWanted(): ReadonlyMap<string, number> {
    let slots = this.concurrency;
    for (const count of this.longRuns.values()) slots -= count;
    const wanted = new Map<string, number>();
    for (const channel of this.pace.shortChannels()) {
      const width = Math.min(
        slots,
        Math.max(1, this.permits.width(channel)) - (this.longRuns.get(channel) ?? 0),
      );
      wanted.set(channel, this.pace.handFor(channel, width));
    }
    return new Map(
      [...Pace.share(wanted)]
        .map(([channel, count]): [string, number] => [channel, count - this.hands.sizeOf(channel)])
        .filter(([, count]) => count > 0),
    );
  }

  /** Marks runs that last, and looks whether something has waited at hand for too long. */
  sweep(): void {
    const now = performance.now();
    for (const run of this.runs.values()) {
      if (run.marked) continue;
      if (now - run.startedAt < SHORT_MS) break;
      run.marked = true;
      this.noteLong(run, 1);
      if (!run.startWritten) this.outbox.mark(run);
    }
    if (this.dirty || this.handsOverdue) this.hooks.changed();
  }

  /** Gives back what has been at hand for longer than `ms`; 0 is all of it. */
  giveBack(ms: number): void {
    if (this.hands.size > 0) this.outbox.giveBack(this.hands.takeOlderThan(ms));
  }

  /** Something has waited at hand for too long. */
  get handsOverdue(): boolean {
    return this.hands.size > 0 && this.hands.hasOlderThan(HAND_PATIENCE_MS);
  }

  /**
   * Gives back what is at hand below a channel in which nothing of this node runs any more: its permit goes back with
   * the next round trip, and another node must not find later jobs before these. And all that waits for too long.
   */
  giveBackStranded(): void {
    // Only here, right before a round trip: given back while one is under way, these would be overtaken by later jobs that
    // it brings.
    this.giveBack(HAND_PATIENCE_MS);
    if (this.hands.size > 0)
      this.outbox.giveBack(this.hands.takeChannels((channel) => this.permits.width(channel) === 0));
  }

  /** Gives back jobs that the database says are here, and this node knows nothing of. */
  giveBackUnknown(held: readonly { uuid: string; retry: number }[]): { u: string; t: number; k: 'back' }[] {
    const known = new Set([...this.runs.keys(), ...this.hands.uuids(), ...this.outbox.uuids()]);
    return held
      .filter(({ uuid }) => !known.has(uuid))
      .map(({ uuid, retry }) => ({ u: uuid, t: retry, k: 'back' }));
  }

  /** Drops a job that somebody cancelled before it began; undefined where it has begun or is not here. */
  dropFromHand(uuid: string): ClaimedJob | undefined {
    const job = this.hands.remove(uuid);
    if (job !== undefined) this.outbox.giveBack([job]);
    return job;
  }

  /** What the next round trip takes along, see {@link Outbox.take}. */
  takeDirty(one: boolean): Outgoing {
    const taken = this.outbox.take(one);
    return { ...taken, marks: taken.marks.filter((run) => this.runs.has(run.job.uuid)) };
  }

  /** From here to {@link align} nothing is handed over, and ended runs keep their permits. Answers with what holds one. */
  beginAlign(): string[] {
    this.aligned = false;
    return [...this.runs.keys(), ...this.outbox.waiting.map(({ run }) => run.job.uuid)];
  }

  /** The permits as the database has booked them now. */
  align(map: GateMap): void {
    this.permits.reset(map);
    const counted = new Set(map.counted);
    for (const run of this.runs.values()) {
      run.permitted = counted.has(run.job.uuid);
      if (run.permitted) this.permits.hold(run.job.channel);
    }
    for (const { run } of this.outbox.waiting) {
      if (!counted.has(run.job.uuid)) continue;
      this.permits.hold(run.job.channel);
      this.permits.release(run.job.channel);
    }
    this.aligned = true;
    this.fill();
  }

  /** Everything here belongs to somebody else now: whatever still runs is told so, and its end is not written. */
  forfeit(reason: Error): void {
    for (const run of this.runs.values()) {
      run.discarded = true;
      run.permitted = false;
      run.abort(reason);
    }
    this.hands.takeOlderThan(0);
    this.outbox.clear();
    this.ledger.clear();
  }

  /** The end of a run, whether its method has ended or the node waits no longer. */
  end(run: Run, end: RunEnd): void {
    // Not the run itself where the node did not wait for it.
    if (this.runs.get(run.job.uuid) !== run) return;
    this.runs.delete(run.job.uuid);
    if (run.marked) this.noteLong(run, -1);
    const at = performance.now();
    if (run.startedAt <= at) this.pace.note(run.job.channel, at - run.startedAt);
    if (!run.discarded) {
      if (this.aligned && run.permitted) this.permits.release(run.job.channel);
      this.outbox.addEnd({ run, at, end });
    }
    this.fill();
    this.hooks.changed();
  }

  private noteLong({ job }: Run, by: number): void {
    const count = (this.longRuns.get(job.channel) ?? 0) + by;
    if (count > 0) this.longRuns.set(job.channel, count);
    else this.longRuns.delete(job.channel);
  }

  private start(job: ClaimedJob, holds = false): void {
    const run = new Run(job);
    // A run of the same job from before this node was given up: it goes on, but nobody waits for it.
    const before = this.runs.get(job.uuid);
    if (before?.marked === true) this.noteLong(before, -1);
    if (!holds) this.permits.hold(job.channel);
    this.runs.set(job.uuid, run);
    this.launcher.launch(run);
    const throttled = this.permits.throttledOf(job.channel);
    if (throttled.length > 0) this.hooks.throttled(throttled);
  }

  private begin(run: Run): void {
    // The node was given up meanwhile: the job is somebody else's.
    if (run.discarded) {
      if (this.runs.get(run.job.uuid) === run) this.runs.delete(run.job.uuid);
      return;
    }
    run.begin();
    if (run.cancelled) {
      this.end(run, { kind: 'cancelled' });
      return;
    }
    void this.outside(() => this.hooks.execute(run)).then((end) => this.end(run, end));
  }
}
