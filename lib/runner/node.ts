import { hostname } from 'node:os';
import { JobCancelledError } from '../errors/job-cancelled.error.js';
import { NodeLostError } from '../errors/node-lost.error.js';
import { fingerprintOf } from '../job/fingerprint.js';
import type { RoundTripInfo } from '../store/claims/claim-store.js';
import { LIBRARY_VERSION } from '../common/version.js';
import type { NodeCommand, HeartbeatReply } from '../store/nodes/node-store.js';
import type { Store } from '../store/store.js';
import type { NotifierMessage } from '../store/notify/notifier.js';
import { EarliestTimer } from '../common/earliest-timer.js';
import { StatsRecorder } from './reporting/stats-recorder.js';
import type { Executor } from './execution/executor.js';
import { Heartbeat } from './liveness/heartbeat.js';
import { LocalReceiver } from './claiming/local-receiver.js';
import { Lease } from './liveness/lease.js';
import type { NodeLog } from './reporting/node-log.js';
import type { LivenessHooks, Liveness } from './liveness/liveness.js';
import { SessionLock } from './liveness/session-lock.js';
import { ClaimLoop } from './claiming/claim-loop.js';
import type { ProgressBuffer } from './reporting/progress-buffer.js';
import type { RunningAttempt } from './attempt/attempt.js';
import type { EndedAttempt } from './attempt/attempt-result.js';
import { GRACE_MS, type RunnerSettings } from './runner.settings.js';
import { Deadline } from '../common/deadline.js';
import { ProcessStats } from './liveness/process-stats.js';
import { WorkerPool } from './slots/worker-pool.js';

/** How often runs are looked at, in milliseconds: to mark those that last, and to give back what waits too long. */
const SWEEP_MS = 25;
/** A due job that is still there is locked by somebody: it is not asked for again at once, in milliseconds. */
const DUE_AGAIN_MS = 20;
/** Between two calls of this node that it is starved, in milliseconds. */
const STARVED_GAP_MS = 250;
/** After its abort at a stop, a run gets this long to end, in milliseconds. */
const ABORT_GRACE_MS = 1_000;
/** For all that a stop asks of the database, which may be away, in milliseconds. */
const STOP_DEADLINE_MS = 5_000;

/** What a node is made of beside its settings. */
export interface NodeParts {
  readonly store: Store;
  readonly progress: ProgressBuffer;
  readonly log: NodeLog;
  /** Somebody wants this node to end. */
  readonly stopRequested: () => void;
  readonly names: () => readonly string[];
  readonly executor: (node: () => number) => Executor;
}

/** A node at work: its session, its heart, its workbench and the round trips between that and the database. */
export class RunnerNode {
  private id = 0;
  private readonly pool: WorkerPool;
  private readonly claimLoop: ClaimLoop;
  private liveness!: Liveness;
  private readonly livenessHooks: LivenessHooks;
  /** It has a session; without one, a lease. */
  private listens = false;
  private readonly heartbeat: Heartbeat;
  private readonly stats: StatsRecorder;
  private readonly processStats = new ProcessStats();
  private readonly due = new EarliestTimer(() => this.claimLoop.etaDue());
  private readonly throttle = new EarliestTimer(() => this.claimLoop.jobsReady());
  private sweeper: NodeJS.Timeout | undefined;
  private nextPoll = 0;
  private stopping = false;
  /** Until when runs may end by themselves, by the monotonic clock. */
  private stopBy = Infinity;
  /** Its session has been away for too long. */
  private lost = false;
  private command: NodeCommand | null = null;
  private starvedUntil = 0;
  private starvedPublishedAt = 0;
  private readonly subscription: { unsubscribe(): void };

  constructor(
    private readonly parts: NodeParts,
    private readonly settings: RunnerSettings,
  ) {
    const { store } = parts;
    const executor = parts.executor(() => this.id);
    this.stats = new StatsRecorder(store.stats, () => this.id);
    this.pool = new WorkerPool(settings.concurrency, {
      execute: (attempt) => executor.execute(attempt),
      changed: () => this.claimLoop.wake(),
      throttled: (channels) =>
        void store.claims.noteStart(channels).catch((error: unknown) => this.queryFailed(error)),
    });
    const served = { names: parts.names, only: settings.channels };
    this.claimLoop = new ClaimLoop(
      this.pool,
      store.claims,
      new LocalReceiver(this.pool, store.claimedInserts, served),
      parts.progress,
      served,
      {
        roundTripped: (info, ended, returned) => this.roundTripped(info, ended, returned),
        gaveJobsBack: () => store.notifier.publishRemote({ ready: true }),
        reregister: () => this.reregister(),
        failed: (error, attempt) => this.queryFailed(error, attempt),
        recovered: () => parts.log.queriesRecovered(this.id),
      },
    );
    this.livenessHooks = {
      notified: (payload) => store.notifier.receive(payload),
      lost: (error) => parts.log.sessionLost(this.id, error),
      expired: () => this.expired(),
      recovered: () => this.livenessRecovered(),
      withoutThread: (reason) => parts.log.leaseWithoutThread(this.id, settings.leaseDuration, reason),
    };
    this.heartbeat = new Heartbeat(
      store.nodes,
      {
        node: () => this.id,
        leaseDuration: settings.leaseDuration,
        report: () => ({ ...this.processStats.read(), stopping: this.stopping, poll: this.pollDue }),
        ask: async (...asked) => this.liveness.ask(...asked),
      },
      { beat: (tick) => this.beat(tick), missed: (error) => this.missed(error) },
    );
    this.subscription = store.notifier.messages.subscribe((message) => this.receive(message));
  }

  /** The number of this node; a node that was given up and lives on gets a new one. */
  get number(): number {
    return this.id;
  }

  async start(): Promise<void> {
    const { database, nodes } = this.parts.store;
    const { listen, leaseDuration } = this.settings;
    this.listens = listen && !(await database.sharesSessions());
    this.liveness = this.listens
      ? new SessionLock(database, nodes, this.livenessHooks)
      : new Lease(database, nodes, leaseDuration, this.livenessHooks);
    await this.register();
    if (listen && !this.listens) this.parts.log.behindPooler(this.id);
    await this.liveness.open(this.id);
    this.claimLoop.node = this.id;
    this.heartbeat.start();
    this.stats.start();
    this.sweeper = setInterval(() => {
      this.pool.checkDurations();
      if (this.parts.progress.pending) this.claimLoop.flushProgress();
    }, SWEEP_MS);
    this.claimLoop.accept(true);
    this.parts.store.localDispatch.open((jobs, notification) =>
      this.claimLoop.insertClaimed(jobs, notification),
    );
  }

  /** What runs gets `timeout` milliseconds to end; then its signal aborts, and it is given back. */
  async stop(timeout: number): Promise<void> {
    this.stopping = true;
    this.parts.store.localDispatch.close();
    const deadline = new Deadline(STOP_DEADLINE_MS);
    this.claimLoop.accept(false);
    this.pool.close();
    // A claim under way may still bring jobs: they are given back like those at hand.
    await deadline.wait(this.claimLoop.flushed());
    this.stopWithin(timeout);
    await this.attemptsEnded();
    for (const attempt of this.pool.attempts.values()) {
      attempt.stopped = true;
      attempt.abort(new Error('The node is stopping'));
    }
    this.stopBy = performance.now() + ABORT_GRACE_MS;
    await this.attemptsEnded();
    for (const attempt of [...this.pool.attempts.values()]) this.abandon(attempt);
    await deadline.wait(this.claimLoop.flushed());
    this.claimLoop.stop();
    this.subscription.unsubscribe();
    this.due.clear();
    this.throttle.clear();
    clearInterval(this.sweeper);
    await deadline.wait(this.stats.stop());
    await deadline.wait(this.heartbeat.stop());
    await deadline.wait(this.leave());
    await deadline.wait(this.liveness.close());
    this.parts.store.notifier.publish({ ready: true });
  }

  /** Where that is not possible, the others find the node dead, and give back what it still had. */
  private async leave(): Promise<void> {
    try {
      await this.parts.store.nodes.leave(this.id);
    } catch (error) {
      this.queryFailed(error);
    }
  }

  /** What runs gets no longer than this, in milliseconds. */
  stopWithin(timeout: number): void {
    this.stopBy = Math.min(this.stopBy, performance.now() + timeout);
  }

  private async attemptsEnded(): Promise<void> {
    while (this.pool.attempts.size > 0 && performance.now() < this.stopBy) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The method goes on, perhaps for ever; nobody waits for it any more. */
  private abandon(attempt: RunningAttempt): void {
    const name = 'NodeStoppedError';
    const message = 'The job went on after its signal was aborted, and the node stopped without it';
    const fingerprint = fingerprintOf(name, message);
    const failure = { name, message, stack: `${name}: ${message}`, fingerprint };
    this.pool.end(attempt, { kind: 'retry', seconds: 0, giveAttemptBack: true, failure });
    attempt.discarded = true;
    this.parts.log.abandoned(attempt);
  }

  private receive(message: NotifierMessage): void {
    if (message.config === true) this.claimLoop.resync();
    if (message.ready === true) this.claimLoop.jobsReady();
    if (message.nodes === true) this.heartbeat.beatSoon();
    if (message.dueIn !== undefined) this.due.within(message.dueIn);
    if (message.cancel !== undefined) this.cancelHere(message.cancel);
    if (message.mayCancel !== undefined) void this.cancelRequested(message.mayCancel);
    if (message.starved !== undefined) this.starvedUntil = performance.now() + 2 * this.settings.pollInterval;
  }

  /** A notification can come from anybody; that the job is to be cancelled stands in its row. */
  private async cancelRequested(uuids: readonly string[]): Promise<void> {
    const mine = uuids.filter((uuid) => this.pool.attempts.has(uuid) || this.pool.prefetched.has(uuid));
    if (mine.length === 0) return;
    try {
      this.cancelHere(await this.parts.store.jobs.askedToCancel(mine));
    } catch (error) {
      // The look of the next second finds it.
      this.queryFailed(error);
    }
  }

  private cancelHere(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      const attempt = this.pool.attempts.get(uuid);
      if (attempt !== undefined && !attempt.cancelled) {
        attempt.cancelled = true;
        attempt.abort(new JobCancelledError(`${attempt.job.name} ${uuid} was cancelled`));
        continue;
      }
      const dropped = attempt === undefined ? this.pool.dropPrefetched(uuid) : undefined;
      if (dropped === undefined) continue;
      this.stats.dropped(dropped);
      this.claimLoop.wake();
    }
  }

  private roundTripped(info: RoundTripInfo, ended: readonly EndedAttempt[], returned: boolean): void {
    const { notifier, channels } = this.parts.store;
    if (info.nextEta !== undefined) this.due.within(info.nextEta);
    if (info.wake !== undefined) this.throttle.within(info.wake);
    if (info.missing !== undefined) {
      void channels.ensure(info.missing).then(
        () => this.claimLoop.jobsReady(),
        (error: unknown) => this.queryFailed(error),
      );
    }
    const now = performance.now();
    if (info.starved !== undefined && now > this.starvedPublishedAt + STARVED_GAP_MS) {
      this.starvedPublishedAt = now;
      notifier.publish({ starved: [...info.starved] });
    }
    if (info.released === true || (returned && now < this.starvedUntil)) notifier.publish({ ready: true });
    for (const uuid of info.fenced ?? []) this.parts.log.fenced(this.id, uuid);
    if (ended.length === 0) return;
    this.stats.ended(ended, new Set(info.fenced));
    this.settled(ended);
  }

  private settled(ended: readonly EndedAttempt[]): void {
    const { log } = this.parts;
    // Dependents of transactional jobs: one may have its eta still to come, so that is looked for too.
    if (ended.some(({ result }) => result.kind === 'settled' && result.released))
      this.parts.store.notifier.publish({ ready: true, dueIn: 0 });
    for (const { attempt, at, result } of ended) {
      if (result.kind === 'failed') log.failed(attempt, result.failure, at - attempt.startedAt);
      if (result.kind === 'settled' && result.released) this.parts.store.notifier.publish({ ready: true });
      if (result.kind === 'settled' && result.seconds !== undefined) this.due.within(result.seconds * 1000);
      if (result.kind !== 'retry') continue;
      if (result.seconds > 0) this.due.within(result.seconds * 1000);
      if (result.failure !== undefined) log.retried(attempt, result.failure, result.seconds);
    }
    this.parts.store.notifier.publishLocal({ ended: ended.map(({ attempt }) => attempt.job.uuid) });
  }

  private beat(tick: HeartbeatReply): void {
    const { store } = this.parts;
    this.stats.setClock(tick.now);
    if (tick.alive) this.applyCommand(tick.command);
    for (const dead of tick.dead) void this.rescue(dead);
    if (!tick.alive || tick.version !== this.pool.permits.version) this.claimLoop.resync();
    if (tick.nextEta !== null) this.due.within(Math.max(tick.nextEta, DUE_AGAIN_MS));
    if (tick.cancel.length > 0) this.cancelHere(tick.cancel);
    if (tick.followUp) void this.followUp();
    if (tick.ready) this.nextPoll = performance.now() + this.settings.pollInterval;
    if (tick.ready || this.claimLoop.sweepDue) this.claimLoop.jobsReady();
    // Behind a pooler nobody tells; these are cheap to look up.
    if (!this.listens) store.notifier.publishLocal({ functions: true });
  }

  /** The process whose transaction has left it may have died. */
  private async followUp(): Promise<void> {
    const { followUps, notifier } = this.parts.store;
    const released = await followUps.run().catch(() => false);
    if (released) notifier.publish({ ready: true, dueIn: 0 });
  }

  /** What somebody asked stands on the node's row, so it also holds where the message of it was lost. */
  private applyCommand(asked: NodeCommand | null): void {
    if (asked === this.command || this.stopping) return;
    const { log, stopRequested: askedToStop } = this.parts;
    this.command = asked;
    if (asked === 'stop') {
      log.stopRequested(this.id);
      askedToStop();
    } else if (asked === 'drain') {
      log.draining(this.id);
      this.claimLoop.accept(false);
      this.pool.close();
      this.claimLoop.wake();
    } else {
      log.resumed(this.id);
      if (this.mayClaim) this.pool.reopen();
      this.claimLoop.accept(this.mayClaim);
    }
  }

  /** Whether the next second looks for work. The sweeps do, where a look would read a long dead front of the index. */
  private get pollDue(): boolean {
    return !this.claimLoop.skipsFront && performance.now() >= this.nextPoll;
  }

  private get mayClaim(): boolean {
    return !this.stopping && !this.lost && this.command === null;
  }

  private missed(error: unknown): void {
    // A session tells of its own loss.
    if (!this.listens) this.queryFailed(error);
  }

  private async rescue(dead: number): Promise<void> {
    const { nodes, notifier } = this.parts.store;
    const attempts = await nodes.rescue(dead, GRACE_MS / 1000).catch((error: unknown) => {
      this.queryFailed(error);
      return null;
    });
    if (attempts === null) return;
    this.stats.rescued(attempts);
    this.parts.log.rescued(this.id, dead, attempts.length);
    notifier.publish({ ready: true });
  }

  /** From now on others may have this node's jobs: no more claims, and what runs is told to end. */
  private expired(): void {
    this.lost = true;
    this.claimLoop.accept(false);
    this.pool.close();
    for (const attempt of this.pool.attempts.values()) {
      attempt.lost = true;
      attempt.abort(new NodeLostError(`Node ${this.id} has been without its session for too long`));
    }
  }

  private livenessRecovered(): void {
    this.parts.log.sessionReopened(this.id);
    this.claimLoop.resync();
    this.resume();
  }

  private resume(): void {
    this.lost = false;
    if (this.mayClaim) this.pool.reopen();
    this.claimLoop.accept(this.mayClaim);
  }

  private async reregister(): Promise<number> {
    const before = this.id;
    this.pool.abandonAll(
      new NodeLostError(`Node ${before} was given up by the others, and its jobs with it`),
    );
    await this.register();
    await this.liveness.open(this.id);
    this.parts.log.reregistered(before, this.id);
    // Where its session has been away, it is back by that, too.
    this.resume();
    return this.id;
  }

  private async register(): Promise<void> {
    const { concurrency, leaseDuration } = this.settings;
    const { id, now, command } = await this.parts.store.nodes.register({
      name: `${hostname()}:${process.pid}`,
      listens: this.listens,
      concurrency,
      lease: leaseDuration / 1000,
      names: this.parts.names(),
      version: LIBRARY_VERSION,
      before: this.id,
    });
    this.id = id;
    this.stats.setClock(now);
    this.applyCommand(command);
  }

  private queryFailed(error: unknown, attempt = 1): void {
    this.parts.log.queryFailed(this.id, error, attempt);
  }
}
