import { hostname } from 'node:os';
import { NodeLostError } from '../errors/node-lost.error.js';
import { LIBRARY_VERSION } from '../common/version.js';
import type { FailureHandler } from '../job/failed-job.js';
import type { NodeCommand, HeartbeatReply } from '../store/nodes/node-store.js';
import type { Store } from '../store/store.js';
import type { NotifierMessage } from '../store/notify/notifier.js';
import { StatsRecorder } from './reporting/stats-recorder.js';
import type { Executor } from './execution/executor.js';
import { JobRescuer } from './maintenance/job-rescuer.js';
import { Heartbeat } from './liveness/heartbeat.js';
import { LocalReceiver } from './claiming/local-receiver.js';
import { Lease } from './liveness/lease.js';
import type { NodeLog } from './reporting/node-log.js';
import type { LivenessHooks, Liveness } from './liveness/liveness.js';
import { SessionLock } from './liveness/session-lock.js';
import { ClaimLoop } from './claiming/claim-loop.js';
import { CycleFollowUp } from './claiming/cycle-follow-up.js';
import { NodeStateMachine, type RunnerState } from './node-state.js';
import { Drain } from './slots/drain.js';
import { JobCanceller } from './slots/job-canceller.js';
import type { ProgressBuffer } from './reporting/progress-buffer.js';
import type { RunnerSettings } from './runner.settings.js';
import { Deadline } from '../common/deadline.js';
import { ProcessStats } from './liveness/process-stats.js';
import { TransactionalSlots } from './slots/transactional-slots.js';
import { WorkerPool } from './slots/worker-pool.js';

/** How often runs are looked at, in milliseconds: to mark those that last, and to give back what waits too long. */
const SWEEP_MS = 25;
/** A due job that is still there is locked by somebody: it is not asked for again at once, in milliseconds. */
const DUE_AGAIN_MS = 20;
/** For all that a stop asks of the database, which may be away, in milliseconds. */
const STOP_DEADLINE_MS = 5_000;

/** What a node is made of beside its settings. */
export interface NodeParts {
  readonly store: Store;
  readonly progress: ProgressBuffer;
  readonly log: NodeLog;
  /** Somebody wants this node to end. */
  readonly stopRequested: () => void;
  readonly names: readonly string[];
  /** Those of them that run in a transaction. */
  readonly transactional: ReadonlySet<string>;
  /** Which job functions report the failures of which. */
  readonly onFailed: ReadonlyMap<string, FailureHandler>;
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
  private readonly rescuer: JobRescuer;
  private readonly processStats = new ProcessStats();
  private readonly cycles: CycleFollowUp;
  private readonly canceller: JobCanceller;
  private readonly machine = new NodeStateMachine((state) => this.enter(state));
  private sweeper: NodeJS.Timeout | undefined;
  private nextPoll = 0;
  private readonly drain: Drain;
  private command: NodeCommand | null = null;
  private readonly subscription: { unsubscribe(): void };

  constructor(
    private readonly parts: NodeParts,
    private readonly settings: RunnerSettings,
  ) {
    const { store } = parts;
    const executor = parts.executor(() => this.id);
    this.stats = new StatsRecorder(store.stats, () => this.id);
    const { names } = parts;
    const slots = new TransactionalSlots(names, parts.transactional, settings.transactionalConcurrency);
    this.pool = new WorkerPool(settings.concurrency, slots, {
      execute: (attempt) => executor.execute(attempt),
      changed: () => this.claimLoop.wake(),
      freed: () => this.claimLoop.jobsReady(),
      throttled: (channels) => void store.claims.noteStart(channels).catch(this.queryFailed),
    });
    this.drain = new Drain(this.pool, parts.log);
    const shared = {
      notifier: store.notifier,
      log: parts.log,
      books: this.stats,
      node: () => this.id,
      trouble: this.queryFailed,
    };
    this.rescuer = new JobRescuer({ ...shared, nodes: store.nodes, followUps: store.followUps });
    this.canceller = new JobCanceller(this.pool, store.jobs, {
      dropped: (job) => {
        this.stats.dropped(job);
        this.claimLoop.wake();
      },
      trouble: this.queryFailed,
    });
    this.cycles = new CycleFollowUp({
      ...shared,
      channels: store.channels,
      claim: () => this.claimLoop.jobsReady(),
      promote: () => this.claimLoop.etaDue(),
    });
    const served = { only: settings.channels };
    this.claimLoop = new ClaimLoop(
      this.pool,
      store.claims,
      new LocalReceiver(this.pool, store.claimedInserts, served),
      parts.progress,
      served,
      {
        roundTripped: (info, ended, returned) => this.cycles.follow(info, ended, returned),
        gaveJobsBack: () => store.notifier.publishRemote({ ready: true }),
        reregister: () => this.reregister(),
        orphans: (uuids) => parts.log.orphans(this.id, this.id, uuids),
        failed: this.queryFailed,
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
        report: () => ({ ...this.processStats.read(), stopping: this.machine.ending, poll: this.pollDue }),
        ask: async (...asked) => this.liveness.ask(...asked),
      },
      {
        beat: (tick) => this.beat(tick),
        // A session reports its own loss.
        missed: (error) => void (this.listens || this.queryFailed(error)),
      },
    );
    this.subscription = store.notifier.messages.subscribe((message) => this.receive(message));
  }

  /** The number of this node; a node that was given up and lives on gets a new one. */
  get number(): number {
    return this.id;
  }

  get state(): RunnerState {
    return this.machine.state;
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
    this.machine.apply('started');
    this.parts.store.localDispatch.open((jobs, notification) =>
      this.claimLoop.insertClaimed(jobs, notification),
    );
  }

  private enter(state: RunnerState): void {
    if (state === 'running') {
      this.pool.reopen();
      this.claimLoop.accept(true);
    } else if (state !== 'stopped') {
      this.claimLoop.accept(false);
      this.pool.close();
      this.claimLoop.wake();
    }
  }

  /** What runs gets `timeout` milliseconds to end; then its signal aborts, and it is given back. */
  async stop(timeout: number): Promise<void> {
    const { localDispatch, notifier } = this.parts.store;
    localDispatch.close();
    this.machine.apply('stop');
    const deadline = new Deadline(STOP_DEADLINE_MS);
    // A claim under way may still bring jobs: they are given back like those that were prefetched.
    await deadline.wait(this.claimLoop.flushed());
    this.drain.within(timeout);
    await this.drain.finished();
    await deadline.wait(this.claimLoop.flushed());
    this.claimLoop.stop();
    this.subscription.unsubscribe();
    this.cycles.stop();
    clearInterval(this.sweeper);
    for (const end of [
      () => this.stats.stop(),
      () => this.heartbeat.stop(),
      () => this.leave(),
      () => this.liveness.close(),
    ])
      await deadline.wait(end());
    this.machine.apply('stopped');
    notifier.publish({ ready: true });
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
    this.drain.within(timeout);
  }

  private receive(message: NotifierMessage): void {
    if (message.config === true) this.claimLoop.resync();
    if (message.ready === true) this.claimLoop.jobsReady();
    if (message.nodes === true) this.heartbeat.beatSoon();
    if (message.dueIn !== undefined) this.cycles.dueWithin(message.dueIn);
    if (message.cancel !== undefined) this.canceller.cancel(message.cancel);
    if (message.mayCancel !== undefined) void this.canceller.cancelIfAsked(message.mayCancel);
    if (message.starved !== undefined) this.cycles.othersStarved(2 * this.settings.pollInterval);
  }

  private beat(tick: HeartbeatReply): void {
    this.stats.setClock(tick.now);
    if (tick.alive) this.applyCommand(tick.command);
    this.rescuer.follow(tick);
    if (!tick.alive || tick.version !== this.pool.permits.version) this.claimLoop.resync();
    if (tick.nextEta !== null) this.cycles.dueWithin(Math.max(tick.nextEta, DUE_AGAIN_MS));
    if (tick.cancel.length > 0) this.canceller.cancel(tick.cancel);
    if (tick.holds) this.claimLoop.audit();
    if (tick.ready) this.nextPoll = performance.now() + this.settings.pollInterval;
    if (tick.ready || this.claimLoop.sweepDue) this.claimLoop.jobsReady();
    // Behind a pooler nobody notifies; these are cheap to look up.
    if (!this.listens) this.parts.store.notifier.publishLocal({ functions: true });
  }

  /** Whether the next heartbeat looks for work. The sweeps do, where a look would read a long dead front of the index. */
  private get pollDue(): boolean {
    return !this.claimLoop.skipsFront && performance.now() >= this.nextPoll;
  }

  /** What somebody asked stands on the node's row, so it also holds where the message of it was lost. */
  private applyCommand(asked: NodeCommand | null): void {
    if (asked === this.command || this.machine.ending) return;
    const { log, stopRequested: askedToStop } = this.parts;
    this.command = asked;
    if (asked === 'stop') {
      log.stopRequested(this.id);
      askedToStop();
    } else if (asked === 'drain') {
      log.draining(this.id);
      this.machine.apply('drain');
    } else {
      log.resumed(this.id);
      this.machine.apply('resume');
    }
  }

  /** From now on others may have this node's jobs: no more claims, and what runs is told to end. */
  private expired(): void {
    this.machine.apply('disconnected');
    for (const attempt of this.pool.attempts.values()) {
      attempt.lost = true;
      attempt.abort(new NodeLostError(`Node ${this.id} has been without its session for too long`));
    }
  }

  private livenessRecovered(): void {
    this.parts.log.sessionReopened(this.id);
    this.claimLoop.resync();
    this.reconnected();
  }

  /** What was asked of it before still holds. */
  private reconnected(): void {
    this.machine.apply('reconnected');
    if (this.command === 'drain') this.machine.apply('drain');
  }

  /** The others have given this node up: it goes on as a new one. */
  private async reregister(): Promise<number> {
    const before = this.id;
    this.pool.abandonAll(
      new NodeLostError(`Node ${before} was given up by the others, and its jobs with it`),
    );
    await this.register();
    await this.liveness.open(this.id);
    this.parts.log.reregistered(before, this.id);
    // If its session has been away, it is back by that, too.
    this.reconnected();
    return this.id;
  }

  private async register(): Promise<void> {
    const { concurrency, leaseDuration } = this.settings;
    const { id, now, command } = await this.parts.store.nodes.register({
      name: `${hostname()}:${process.pid}`,
      listens: this.listens,
      concurrency,
      lease: leaseDuration / 1000,
      names: this.parts.names,
      version: LIBRARY_VERSION,
      onFailed: this.parts.onFailed,
      before: this.id,
    });
    this.id = id;
    this.stats.setClock(now);
    this.applyCommand(command);
  }

  private readonly queryFailed = (error: unknown, attempt = 1): void => {
    this.parts.log.queryFailed(this.id, error, attempt);
  };
}
