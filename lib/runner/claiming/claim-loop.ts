import { isAboutData, isRefusal } from '../../common/pg-errors.js';
import { Alarm } from '../../common/earliest-timer.js';
import type {
  ClaimedJob,
  ClaimStore,
  CycleAnswer,
  CycleInfo,
  EndRecord,
} from '../../store/claims/claim-store.js';
import type { HandedOver } from '../../store/insert/claimed-insert-store.js';
import type { NewJob } from '../../store/insert/new-job.js';
import { describeFailure } from '../../job/failure.js';
import type { Ended } from '../attempt/attempt-result.js';
import { doneRecord, endRecord } from '../attempt/attempt-result.js';
import type { Intake } from './local-receiver.js';
import { LowWater } from './low-water.js';
import type { PumpHooks, PumpSettings } from './claim-loop.hooks.js';
import type { Reporter } from '../reporting/progress-buffer.js';
import type { Workbench } from '../slots/worker-pool.js';

/** Before a claim that found only locked jobs is tried again, in milliseconds. */
const LOOK_AGAIN_MS = 20;

/** After a round trip that failed: the first wait and the longest, in milliseconds. */
const BACKOFF_MS = { first: 50, longest: 1_000 };

/**
 * The round trips between the workbench and the database, one at a time. All that ended meanwhile goes with the next:
 * no timer, so no delay when there is little to do, and large batches when there is much.
 */
export class Pump {
  private looping: Promise<void> | null = null;
  private reporting: Promise<void> | null = null;
  /** Whether new jobs are asked for. */
  private accepting = false;
  private mayHaveMore = false;
  private promoteDue = false;
  private wakes = 0;
  private aligned = false;
  /** The last round trip left permits that others can have. */
  private returned = false;
  /** The last round trip whose answer was lost; 0: none was. */
  private lostCycle = 0;
  private readonly lookAgain = new Alarm(() => this.wake());
  private readonly lowWater = new LowWater();
  /** Something in what was sent is refused: the ends go one at a time until it is found. */
  private oneByOne = false;
  private stopped = false;
  /** The number of this node. */
  node = 0;

  constructor(
    private readonly bench: Workbench,
    private readonly store: ClaimStore,
    private readonly intake: Intake,
    private readonly reporter: Reporter,
    private readonly settings: PumpSettings,
    private readonly hooks: PumpHooks,
  ) {}

  /** Claims don't begin at the front of what is ready, where only ended jobs are left. */
  get skipsFront(): boolean {
    return this.lowWater.active;
  }

  /** It is time for a claim that looks there, too. */
  get sweepDue(): boolean {
    return this.lowWater.sweepDue(performance.now());
  }

  /** Asks for jobs from now on, or no longer. */
  accept(accepting: boolean): void {
    this.accepting = accepting;
    if (accepting) this.wake();
  }

  /** There may be work. */
  wake(): void {
    this.wakes += 1;
    this.mayHaveMore = true;
    this.kick();
  }

  /** An eta has come. */
  promote(): void {
    this.promoteDue = true;
    this.wake();
  }

  /** The channels may have changed, or the node's session was away: what the database has booked is asked first. */
  realign(): void {
    this.aligned = false;
    this.kick();
  }

  /** Something is to be written or asked. */
  kick(): void {
    if (this.looping === null) this.occupy(this.loop());
  }

  /**
   * Stores the jobs of a call in a round trip of this node, which takes them where nothing stands in the way. Null where
   * the node has something else to do, or too little room.
   */
  handOver(jobs: readonly NewJob[], notice: string | null): Promise<HandedOver> | null {
    const idle = this.looping === null && !this.stopped && this.accepting && !this.needed();
    // Not where ready jobs may be locked by somebody, or where a look whether one waits would read through a dead front.
    if (!idle || this.lookAgain.armed || this.lowWater.active || !this.intake.accepts(jobs)) return null;
    const storing = this.takeIn(jobs, notice);
    this.occupy(storing.then((answer) => this.intake.begin(jobs, answer)));
    return storing;
  }

  private async takeIn(jobs: readonly NewJob[], notice: string | null): Promise<HandedOver> {
    const cycle = this.bench.ledger.nextId();
    try {
      return await this.intake.store(jobs, { node: this.node, cycle }, notice);
    } catch (error) {
      if (!isRefusal(error)) {
        this.lostCycle = cycle;
        this.aligned = false;
      }
      throw error;
    }
  }

  /** No other round trip begins before this has ended, in whatever way. */
  private occupy(work: Promise<unknown>): void {
    const free = (): void => {
      this.looping = null;
      if (!this.stopped && this.needed()) this.kick();
    };
    this.looping = work.then(free, free);
  }

  /** Running jobs have something to tell. */
  report(): void {
    this.reporting ??= this.reporter
      .flush(this.node)
      // It is kept, and told with the next.
      .catch(() => undefined)
      .finally(() => (this.reporting = null));
  }

  /** Waits until nothing is left to write. */
  async flushed(): Promise<void> {
    while (!this.stopped && (this.bench.dirty || this.looping !== null)) {
      this.kick();
      await this.looping;
    }
  }

  /** No more round trips, whatever is left. */
  stop(): void {
    this.stopped = true;
    this.lookAgain.clear();
  }

  private needed(): boolean {
    return (
      this.bench.dirty ||
      this.bench.handsOverdue ||
      !this.aligned ||
      this.wantsClaim() ||
      (this.accepting && this.promoteDue)
    );
  }

  private wantsClaim(): boolean {
    if (!this.accepting || !this.mayHaveMore) return false;
    if (this.bench.freeSlots > 0) return true;
    // Ask for more at half a batch, not at empty.
    let wanted = 0;
    for (const count of this.bench.handWanted().values()) wanted += count;
    return wanted > this.bench.hands.size;
  }

  private async loop(): Promise<void> {
    for (let attempt = 0; !this.stopped;) {
      // Whatever else ends in this turn of the event loop comes along.
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.needed()) return;
      try {
        if (!this.aligned) await this.alignNow();
        else await this.cycle(true);
        if (attempt > 0) this.hooks.recovered();
        attempt = 0;
      } catch (error) {
        this.aligned = false;
        attempt += 1;
        this.hooks.failed(error, attempt);
        const pause = Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.longest);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /**
   * Comes right with the database: writes what ended, gives back what is at hand and what this node doesn't know it
   * has (the answer to a claim was lost), and has the permits booked anew.
   */
  private async alignNow(): Promise<void> {
    this.bench.giveBack(0);
    const lost = this.lostCycle;
    if (lost > 0) await this.store.forget(this.node, lost);
    if (!(await this.cycle(false))) return;
    if (lost > 0) {
      const held = await this.store.holdings(this.node);
      await this.send(this.bench.giveBackUnknown(held), [], this.bench.ledger.unknown(held), false);
      if (this.lostCycle === lost) this.lostCycle = 0;
    }
    const map = await this.store.resync(this.node, this.bench.beginAlign());
    if (map === null) {
      await this.rebirth();
      return;
    }
    this.bench.align(map);
    this.aligned = true;
    this.wake();
  }

  /** One round trip; false where the others have given this node up. */
  private async cycle(claims: boolean): Promise<boolean> {
    // What a job told is to be there when its end is; but ends don't wait for a line that can't be written.
    this.report();
    await this.reporting;
    if (claims) this.bench.giveBackStranded();
    const taken = this.bench.takeDirty(this.oneByOne);
    const closed = this.bench.ledger.takeClosed();
    const now = performance.now();
    const ends: EndRecord[] = [
      ...taken.marks.map((run): EndRecord => ({
        u: run.job.uuid,
        t: run.job.retry,
        k: 'started',
        sa: now - run.startedAt,
      })),
      ...taken.ended
        .filter(({ end }) => end.kind !== 'done' && end.kind !== 'settled')
        .map((one) => endRecord(one, now)),
      ...taken.backs.map((job): EndRecord => ({ u: job.uuid, t: job.retry, k: 'back' })),
    ];
    for (const job of [...taken.ended.map(({ run }) => run.job), ...taken.backs])
      this.bench.ledger.ended(job.claim);
    closed.push(...this.bench.ledger.takeClosed());
    let info: CycleInfo;
    try {
      info = await this.send(
        ends,
        taken.ended.filter(({ end }) => end.kind === 'done'),
        closed,
        claims,
      );
    } catch (error) {
      this.bench.outbox.restore(isAboutData(error) ? this.withoutCulprit(taken, error) : taken);
      this.bench.ledger.reopen([...taken.ended.map(({ run }) => run.job), ...taken.backs], closed);
      throw error;
    }
    if (info.dead === true) {
      await this.rebirth();
      return false;
    }
    if (!this.bench.dirty) this.oneByOne = false;
    this.hooks.informed(info, taken.ended, this.returned);
    if (taken.backs.length > 0 && !this.accepting) this.hooks.gaveBack();
    return true;
  }

  /** Sends what is given and, with `claims`, asks for as much as there is room for. */
  private async send(
    ends: readonly EndRecord[],
    done: readonly Ended[],
    closedClaims: readonly number[],
    claims: boolean,
  ): Promise<CycleInfo> {
    const now = performance.now();
    const asks = claims && this.accepting;
    const slots = asks ? this.bench.freeSlots : 0;
    const hand = asks ? this.bench.handWanted() : new Map<string, number>();
    const promote = asks && this.promoteDue;
    const id = this.bench.ledger.nextId();
    const { wakes } = this;
    const marks = asks ? this.lowWater.at(now) : [];
    // Where the permits are booked anew afterwards, none is given back before.
    const free = claims ? this.bench.permits.takeFree() : new Map<string, number>();
    if (promote) this.promoteDue = false;
    this.bench.reserved = slots;
    let answer: CycleAnswer;
    try {
      answer = await this.store.cycle({
        node: this.node,
        version: this.bench.permits.version,
        done: done.map((one) => doneRecord(one, now)),
        ends,
        closedClaims,
        free,
        promote,
        slots,
        hand,
        names: this.settings.names(),
        only: this.settings.only,
        id,
        marks: marks ?? [],
      });
    } catch (error) {
      this.lostCycle = id;
      if (promote) this.promoteDue = true;
      throw error;
    } finally {
      this.bench.reserved = 0;
    }
    const { info, jobs } = answer;
    if (info.stale === true) this.aligned = false;
    if (asks && info.stale !== true) {
      if (slots > 0 || hand.size > 0) this.lowWater.learn(jobs, info.walked, marks === null, now);
      this.mayHaveMore = wakes !== this.wakes || (info.more === true && jobs.length > 0);
      // Somebody else has them locked: for a claim that is about to end, or for as long as a person looks at them.
      if (info.more === true && jobs.length === 0) this.lookAgain.within(LOOK_AGAIN_MS);
    }
    this.bench.ledger.opened(id, jobs.length);
    this.returned = this.leavesPermits(free, jobs);
    this.bench.receive(jobs);
    return info;
  }

  private leavesPermits(free: ReadonlyMap<string, number>, jobs: readonly ClaimedJob[]): boolean {
    const left = new Map(free);
    for (const job of free.size > 0 ? jobs : []) {
      for (const gate of job.hand ? [] : this.bench.permits.gatesOf(job.channel))
        left.set(gate, (left.get(gate) ?? 0) - 1);
    }
    return [...left.values()].some((count) => count > 0);
  }

  /**
   * PostgreSQL, or the way to it, refuses something in what was sent. Sent one by one, the ends show which it is: that job
   * has failed, and the others don't wait for it.
   */
  private withoutCulprit<T extends { ended: Ended[] }>(taken: T, error: unknown): T {
    const [only, ...more] = taken.ended;
    if (this.oneByOne && only !== undefined && more.length === 0) {
      return { ...taken, ended: [{ ...only, end: { kind: 'failed', failure: describeFailure(error) } }] };
    }
    this.oneByOne = true;
    return taken;
  }

  private async rebirth(): Promise<void> {
    this.node = await this.hooks.reborn();
    this.lostCycle = 0;
    this.aligned = false;
  }
}
