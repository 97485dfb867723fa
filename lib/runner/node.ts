import { hostname } from 'node:os';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { NodeLostError } from '../errors/node-lost.error.js';
import { fingerprintOf } from '../job/fingerprint.js';
import type { CycleInfo } from '../store/claims/claim-store.js';
import { LIBRARY_VERSION } from '../common/version.js';
import type { NodeOrder, Tick } from '../store/nodes/node-store.js';
import type { Store } from '../store/store.js';
import type { WakeMessage } from '../store/notify/notifier.js';
import { Alarm } from '../common/earliest-timer.js';
import { Bookkeeper } from './reporting/stats-recorder.js';
import type { Executor } from './execution/executor.js';
import { Heart } from './liveness/heartbeat.js';
import { Intake } from './claiming/local-receiver.js';
import { Lease } from './liveness/lease.js';
import type { NodeLog } from './reporting/node-log.js';
import type { LifeHooks, NodeLife } from './liveness/liveness.js';
import { NodeSession } from './liveness/session-lock.js';
import { Pump } from './claiming/claim-loop.js';
import type { Reporter } from './reporting/progress-buffer.js';
import type { Run } from './attempt/attempt.js';
import type { Ended } from './attempt/attempt-result.js';
import { GRACE_MS, type RunnerSettings } from './runner.settings.js';
import { Patience } from '../common/deadline.js';
import { VitalSigns } from './liveness/process-stats.js';
import { Workbench } from './slots/worker-pool.js';

/** How often runs are looked at, in milliseconds: to mark those that last, and to give back what waits too long. */
const SWEEP_MS = 25;
/** A due job that is still there is locked by somebody: it is not asked for again at once, in milliseconds. */
const DUE_AGAIN_MS = 20;
/** Between two calls of this node that it goes hungry, in milliseconds. */
const HUNGRY_GAP_MS = 250;
/** After its abort at a stop, a run gets this long to end, in milliseconds. */
const ABORT_PATIENCE_MS = 1_000;
/** For all that a stop asks of the database, which may be away, in milliseconds. */
const FAREWELL_MS = 5_000;

/** What a node is made of beside its settings. */
export interface NodeParts {
  readonly store: Store;
  readonly reporter: Reporter;
  readonly log: NodeLog;
  /** Somebody wants this node to end. */
  readonly askedToStop: () => void;
  readonly names: () => readonly string[];
  readonly executor: (node: () => number) => Executor;
}

/** A node at work: its session, its heart, its workbench and the round trips between that and the database. */
export class RunnerNode {
  private id = 0;
  private readonly bench: Workbench;
  private readonly pump: Pump;
  private readonly life: NodeLife;
  private readonly heart: Heart;
  private readonly books: Bookkeeper;
  private readonly vitals = new VitalSigns();
  private readonly due = new Alarm(() => this.pump.promote());
  private readonly throttle = new Alarm(() => this.pump.wake());
  private sweeper: NodeJS.Timeout | undefined;
  private nextPoll = 0;
  private stopping = false;
  /** Until when runs may end by themselves, by the monotonic clock. */
  private stopBy = Infinity;
  /** Its session has been away for too long. */
  private lost = false;
  private asked: NodeOrder | null = null;
  private hungryUntil = 0;
  private toldHungry = 0;
  private readonly hearing: { unsubscribe(): void };

  constructor(
    private readonly parts: NodeParts,
    private readonly settings: RunnerSettings,
  ) {
    const { store } = parts;
    const executor = parts.executor(() => this.id);
    this.books = new Bookkeeper(store.rollups, () => this.id);
    this.bench = new Workbench(settings.concurrency, {
      execute: (run) => executor.execute(run),
      changed: () => this.pump.kick(),
      throttled: (channels) =>
        void store.claims.noteStart(channels).catch((error: unknown) => this.trouble(error)),
    });
    const served = { names: parts.names, only: settings.channels };
    this.pump = new Pump(
      this.bench,
      store.claims,
      new Intake(this.bench, store.handOvers, served),
      parts.reporter,
      served,
      {
        informed: (info, ended, returned) => this.informed(info, ended, returned),
        gaveBack: () => store.wake.tellOthers({ ready: true }),
        reborn: () => this.reborn(),
        failed: (error, attempt) => this.trouble(error, attempt),
        recovered: () => parts.log.recovered(this.id),
      },
    );
    const hooks: LifeHooks = {
      notified: (payload) => store.wake.hear(payload),
      lost: (error) => parts.log.sessionLost(this.id, error),
      expired: () => this.expired(),
      returned: () => this.returned(),
      withoutThread: (reason) => parts.log.leaseWithoutThread(this.id, settings.leaseDuration, reason),
    };
    this.life = settings.listen
      ? new NodeSession(store.database, store.nodes, hooks)
      : new Lease(store.database, store.nodes, settings.leaseDuration, hooks);
    this.heart = new Heart(
      store.nodes,
      {
        node: () => this.id,
        leaseDuration: settings.leaseDuration,
        vitals: () => ({ ...this.vitals.read(), stopping: this.stopping, look: this.looks }),
        ask: this.life.ask,
      },
      { beat: (tick) => this.beat(tick), missed: (error) => this.missed(error) },
    );
    this.hearing = store.wake.messages.subscribe((message) => this.hear(message));
  }

  /** The number of this node; a node that was given up and lives on gets a new one. */
  get number(): number {
    return this.id;
  }

  async start(): Promise<void> {
    await this.register();
    await this.life.open(this.id);
    this.pump.node = this.id;
    this.heart.start();
    this.books.start();
    this.sweeper = setInterval(() => {
      this.bench.sweep();
      if (this.parts.reporter.pending) this.pump.report();
    }, SWEEP_MS);
    this.pump.accept(true);
    this.parts.store.handOver.open((jobs, notice) => this.pump.handOver(jobs, notice));
  }

  /** What runs gets `timeout` milliseconds to end; then its signal aborts, and it is given back. */
  async stop(timeout: number): Promise<void> {
    this.stopping = true;
    this.parts.store.handOver.close();
    const farewell = new Patience(FAREWELL_MS);
    this.pump.accept(false);
    this.bench.close();
    // A claim under way may still bring jobs: they are given back like those at hand.
    await farewell.wait(this.pump.flushed());
    this.stopWithin(timeout);
    await this.runsEnded();
    for (const run of this.bench.runs.values()) {
      run.stopped = true;
      run.abort(new Error('The node is stopping'));
    }
    this.stopBy = performance.now() + ABORT_PATIENCE_MS;
    await this.runsEnded();
    for (const run of [...this.bench.runs.values()]) this.abandon(run);
    await farewell.wait(this.pump.flushed());
    this.pump.stop();
    this.hearing.unsubscribe();
    this.due.clear();
    this.throttle.clear();
    clearInterval(this.sweeper);
    await farewell.wait(this.books.stop());
    await farewell.wait(this.heart.stop());
    await farewell.wait(this.leave());
    await farewell.wait(this.life.close());
    this.parts.store.wake.tell({ ready: true });
  }

  /** Where that is not possible, the others find the node dead, and give back what it still had. */
  private async leave(): Promise<void> {
    try {
      await this.parts.store.nodes.leave(this.id);
    } catch (error) {
      this.trouble(error);
    }
  }

  /** What runs gets no longer than this, in milliseconds. */
  stopWithin(timeout: number): void {
    this.stopBy = Math.min(this.stopBy, performance.now() + timeout);
  }

  private async runsEnded(): Promise<void> {
    while (this.bench.runs.size > 0 && performance.now() < this.stopBy) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The method goes on, perhaps for ever; nobody waits for it any more. */
  private abandon(run: Run): void {
    const name = 'NodeStoppedError';
    const message = 'The job went on after its signal was aborted, and the node stopped without it';
    const fingerprint = fingerprintOf(name, message);
    const failure = { name, message, stack: `${name}: ${message}`, fingerprint };
    this.bench.end(run, { kind: 'retry', seconds: 0, giveTryBack: true, failure });
    run.discarded = true;
    this.parts.log.abandoned(run);
  }

  private hear(message: WakeMessage): void {
    if (message.config === true) this.pump.realign();
    if (message.ready === true) this.pump.wake();
    if (message.nodes === true) this.heart.hasten();
    if (message.dueIn !== undefined) this.due.within(message.dueIn);
    if (message.cancel !== undefined) this.cancelHere(message.cancel);
    if (message.mayCancel !== undefined) void this.cancelAsked(message.mayCancel);
    if (message.hungry !== undefined) this.hungryUntil = performance.now() + 2 * this.settings.pollInterval;
  }

  /** A notification can come from anybody; that the job is to be cancelled stands in its row. */
  private async cancelAsked(uuids: readonly string[]): Promise<void> {
    const mine = uuids.filter((uuid) => this.bench.runs.has(uuid) || this.bench.hands.has(uuid));
    if (mine.length === 0) return;
    try {
      this.cancelHere(await this.parts.store.jobs.askedToCancel(mine));
    } catch (error) {
      // The look of the next second finds it.
      this.trouble(error);
    }
  }

  private cancelHere(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      const run = this.bench.runs.get(uuid);
      if (run !== undefined && !run.cancelled) {
        run.cancelled = true;
        run.abort(new JobCancelledError(`${run.job.name} ${uuid} was cancelled`));
        continue;
      }
      const dropped = run === undefined ? this.bench.dropFromHand(uuid) : undefined;
      if (dropped === undefined) continue;
      this.books.dropped(dropped);
      this.pump.kick();
    }
  }

  private informed(info: CycleInfo, ended: readonly Ended[], returned: boolean): void {
    const { wake, channels } = this.parts.store;
    if (info.nextEta !== undefined) this.due.within(info.nextEta);
    if (info.wake !== undefined) this.throttle.within(info.wake);
    if (info.missing !== undefined) {
      void channels.ensure(info.missing).then(
        () => this.pump.wake(),
        (error: unknown) => this.trouble(error),
      );
    }
    const now = performance.now();
    if (info.hungry !== undefined && now > this.toldHungry + HUNGRY_GAP_MS) {
      this.toldHungry = now;
      wake.tell({ hungry: [...info.hungry] });
    }
    if (info.released === true || (returned && now < this.hungryUntil)) wake.tell({ ready: true });
    for (const uuid of info.fenced ?? []) this.parts.log.fenced(this.id, uuid);
    if (ended.length === 0) return;
    this.books.ended(ended, new Set(info.fenced));
    this.settled(ended);
  }

  private settled(ended: readonly Ended[]): void {
    const { log } = this.parts;
    // Dependents of transactional jobs: one may have its eta still to come, so that is looked for too.
    if (ended.some(({ end }) => end.kind === 'settled' && end.released))
      this.parts.store.wake.tell({ ready: true, dueIn: 0 });
    for (const { run, at, end } of ended) {
      if (end.kind === 'failed') log.failed(run, end.failure, at - run.startedAt);
      if (end.kind === 'settled' && end.released) this.parts.store.wake.tell({ ready: true });
      if (end.kind === 'settled' && end.seconds !== undefined) this.due.within(end.seconds * 1000);
      if (end.kind !== 'retry') continue;
      if (end.seconds > 0) this.due.within(end.seconds * 1000);
      if (end.failure !== undefined) log.retried(run, end.failure, end.seconds);
    }
    this.parts.store.wake.tellHere({ ended: ended.map(({ run }) => run.job.uuid) });
  }

  private beat(tick: Tick): void {
    const { store } = this.parts;
    this.books.setClock(tick.now);
    if (tick.alive) this.obey(tick.asked);
    for (const dead of tick.dead) void this.reap(dead);
    if (!tick.alive || tick.version !== this.bench.permits.version) this.pump.realign();
    if (tick.nextEta !== null) this.due.within(Math.max(tick.nextEta, DUE_AGAIN_MS));
    if (tick.cancel.length > 0) this.cancelHere(tick.cancel);
    if (tick.followUp) void this.followUp();
    if (tick.ready) this.nextPoll = performance.now() + this.settings.pollInterval;
    if (tick.ready || this.pump.sweepDue) this.pump.wake();
    // Behind a pooler nobody tells; these are cheap to look up.
    if (!this.settings.listen) store.wake.tellHere({ functions: true });
  }

  /** The process whose transaction has left it may have died. */
  private async followUp(): Promise<void> {
    const { followUps, wake } = this.parts.store;
    const released = await followUps.run().catch(() => false);
    if (released) wake.tell({ ready: true, dueIn: 0 });
  }

  /** What somebody asked stands on the node's row, so it also holds where the message of it was lost. */
  private obey(asked: NodeOrder | null): void {
    if (asked === this.asked || this.stopping) return;
    const { log, askedToStop } = this.parts;
    this.asked = asked;
    if (asked === 'stop') {
      log.askedToStop(this.id);
      askedToStop();
    } else if (asked === 'quiet') {
      log.quiet(this.id);
      this.pump.accept(false);
      this.bench.close();
      this.pump.kick();
    } else {
      log.resumed(this.id);
      if (this.mayClaim) this.bench.reopen();
      this.pump.accept(this.mayClaim);
    }
  }

  /** Whether the next second looks for work. The sweeps do, where a look would read a long dead front of the index. */
  private get looks(): boolean {
    return !this.pump.skipsFront && performance.now() >= this.nextPoll;
  }

  private get mayClaim(): boolean {
    return !this.stopping && !this.lost && this.asked === null;
  }

  private missed(error: unknown): void {
    // A session tells of its own loss.
    if (!this.settings.listen) this.trouble(error);
  }

  private async reap(dead: number): Promise<void> {
    const { nodes, wake } = this.parts.store;
    const tries = await nodes.reap(dead, GRACE_MS / 1000).catch((error: unknown) => {
      this.trouble(error);
      return null;
    });
    if (tries === null) return;
    this.books.reaped(tries);
    this.parts.log.reaped(this.id, dead, tries.length);
    wake.tell({ ready: true });
  }

  /** From now on others may have this node's jobs: no more claims, and what runs is told to end. */
  private expired(): void {
    this.lost = true;
    this.pump.accept(false);
    this.bench.close();
    for (const run of this.bench.runs.values()) {
      run.lost = true;
      run.abort(new NodeLostError(`Node ${this.id} has been without its session for too long`));
    }
  }

  private returned(): void {
    this.parts.log.sessionReopened(this.id);
    this.pump.realign();
    this.resume();
  }

  private resume(): void {
    this.lost = false;
    if (this.mayClaim) this.bench.reopen();
    this.pump.accept(this.mayClaim);
  }

  private async reborn(): Promise<number> {
    const before = this.id;
    this.bench.forfeit(new NodeLostError(`Node ${before} was given up by the others, and its jobs with it`));
    await this.register();
    await this.life.open(this.id);
    this.parts.log.reborn(before, this.id);
    // Where its session has been away, it is back by that, too.
    this.resume();
    return this.id;
  }

  private async register(): Promise<void> {
    const { concurrency, listen, leaseDuration } = this.settings;
    const { id, now, asked } = await this.parts.store.nodes.register({
      name: `${hostname()}:${process.pid}`,
      listens: listen,
      concurrency,
      lease: leaseDuration / 1000,
      names: this.parts.names(),
      version: LIBRARY_VERSION,
      before: this.id,
    });
    this.id = id;
    this.books.setClock(now);
    this.obey(asked);
  }

  private trouble(error: unknown, attempt = 1): void {
    this.parts.log.trouble(this.id, error, attempt);
  }
}
