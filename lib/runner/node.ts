import { NodeLostError } from '../errors/node-lost.error.js';
import type { HeartbeatReply } from '../store/nodes/heartbeat.types.js';
import type { NotifierMessage } from '../store/notify/notifier-message.js';
import { dropEvent } from './reporting/attempt-events.js';
import { StatsRecorder } from './reporting/stats-recorder.js';
import { JobExpirer } from './maintenance/job-expirer.js';
import { JobRescuer } from './maintenance/job-rescuer.js';
import { Heartbeat } from './liveness/heartbeat.js';
import { LocalReceiver } from './claiming/local-receiver.js';
import { NodeCommands } from './node-commands.js';
import type { NodeParts } from './node.parts.js';
import { Membership } from './liveness/membership.js';
import { ClaimLoop } from './claiming/claim-loop.js';
import { CycleFollowUp } from './claiming/cycle-follow-up.js';
import { NodeStateMachine, type NodeLifeState } from './node-state.js';
import { Responder } from './claiming/responder.js';
import { Roster } from './claiming/roster.js';
import { Drain } from './slots/drain.js';
import { JobCanceller } from './slots/job-canceller.js';
import type { RunnerSettings } from './runner.settings.js';
import { Deadline } from '../common/deadline.js';
import { ProcessStats } from './liveness/process-stats.js';
import { TransactionalSlots } from './slots/transactional-slots.js';
import { WorkerPool } from './slots/worker-pool.js';

/** How often runs are looked at, in milliseconds: to mark those that last, and to give back what waits too long. */
const SWEEP_MS = 25;
/** For all that a stop asks of the database, which may be away, in milliseconds. */
const STOP_DEADLINE_MS = 5_000;

/** A node at work: its membership, its heartbeat, its worker pool and the round trips between that and the database. */
export class RunnerNode {
  private readonly pool: WorkerPool;
  private readonly claimLoop: ClaimLoop;
  private readonly membership: Membership;
  private readonly heartbeat: Heartbeat;
  private readonly stats: StatsRecorder;
  private readonly rescuer: JobRescuer;
  private readonly expirer: JobExpirer;
  private readonly processStats = new ProcessStats();
  private readonly cycles: CycleFollowUp;
  private readonly roster: Roster;
  private readonly responder: Responder;
  private readonly canceller: JobCanceller;
  private readonly machine = new NodeStateMachine((state) => this.enter(state));
  private sweeper: NodeJS.Timeout | undefined;
  private nextPoll = 0;
  private readonly drain: Drain;
  private readonly commands: NodeCommands;
  private readonly subscription: { unsubscribe(): void };

  constructor(
    private readonly parts: NodeParts,
    private readonly settings: RunnerSettings,
  ) {
    const { store } = parts;
    const executor = parts.executor(() => this.id);
    this.stats = new StatsRecorder(store.stats, () => this.id, parts.meter);
    const { names } = parts;
    const slots = new TransactionalSlots(names, parts.transactional, settings.transactionalConcurrency);
    this.pool = new WorkerPool(settings.concurrency, slots, {
      execute: (attempt) => executor.execute(attempt),
      changed: () => this.claimLoop.wake(),
      freed: () => this.claimLoop.jobsReady(),
      startsWritten: (attempts) => this.cycles.started(attempts),
      throttled: (channels) => void store.claims.noteStart(channels).catch(this.queryFailed),
    });
    this.drain = new Drain(this.pool, parts.log);
    this.commands = new NodeCommands(this.machine, parts.log, parts.stopRequested);
    const shared = {
      notifier: store.notifier,
      log: parts.log,
      books: this.stats,
      events: store.events,
      node: () => this.id,
      trouble: this.queryFailed,
    };
    this.rescuer = new JobRescuer({ ...shared, nodes: store.nodes, followUps: store.followUps });
    this.expirer = new JobExpirer({ ...shared, jobs: store.jobs });
    this.canceller = new JobCanceller(this.pool, store.jobs, {
      dropped: (job) => {
        this.stats.dropped(job);
        this.claimLoop.wake();
        // Once that is written.
        if (store.events.wanted)
          void this.claimLoop.flushed().then(() => store.events.emit([dropEvent(job, this.id)]));
      },
      trouble: this.queryFailed,
    });
    const { concurrency, pollInterval } = settings;
    const node = (): number => this.id;
    this.roster = new Roster({ node, slots: concurrency, names, channels: settings.channels });
    this.responder = new Responder(node, concurrency, this.roster, {
      hasRoom: (name) => this.claimLoop.hasRoomFor(name),
      claim: () => this.claimLoop.jobsReady(),
      claimLater: () => this.claimLoop.jobsReadyLater(),
      publish: (message) => store.notifier.publishRemote(message),
      stillWaiting: async (uuids) => store.claims.stillWaiting(uuids),
      isLimited: (channel) => this.pool.permits.limitingChannelsOf(channel).length > 0,
    });
    this.cycles = new CycleFollowUp({
      ...shared,
      roster: this.roster,
      responder: this.responder,
      slots: concurrency,
      pollInterval,
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
        roundTripped: (...cycle) => this.cycles.follow(...cycle),
        gaveJobsBack: () => store.notifier.publishRemote({ ready: true }),
        reregister: () => this.reregister(),
        orphans: (uuids) => parts.log.orphans(this.id, this.id, uuids),
        failed: this.queryFailed,
        recovered: () => parts.log.queriesRecovered(this.id),
      },
    );
    this.membership = new Membership(parts, settings, {
      registered: (now, command) => {
        this.stats.setClock(now);
        this.commands.apply(this.id, command);
      },
      expired: () => this.expired(),
      recovered: () => this.livenessRecovered(),
    });
    this.heartbeat = new Heartbeat(
      store.nodes,
      {
        node: () => this.id,
        leaseDuration: settings.leaseDuration,
        report: () => ({
          ...this.processStats.read(),
          stopping: this.machine.ending,
          poll: this.pollDue,
          fleet: this.roster.version,
        }),
        ask: this.membership.ask,
      },
      {
        beat: (tick) => this.beat(tick),
        // A session reports its own loss.
        missed: (error) => void (this.membership.listens || this.queryFailed(error)),
      },
    );
    this.subscription = store.notifier.messages.subscribe((message) => this.receive(message));
  }

  /** The number of this node; a node that was given up and lives on gets a new one. */
  get id(): number {
    return this.membership.id;
  }

  get state(): NodeLifeState {
    return this.machine.state;
  }

  /** Milliseconds. */
  get idleFor(): number {
    return this.pool.attempts.size > 0 ? 0 : this.cycles.idleFor;
  }

  async start(): Promise<void> {
    await this.membership.join();
    if (this.membership.listens) this.parts.store.events.connect(this.parts.store.notifier);
    this.claimLoop.node = this.id;
    this.heartbeat.start();
    this.stats.start();
    this.sweeper = setInterval(() => {
      this.pool.checkDurations();
      if (this.parts.progress.pending) this.claimLoop.flushProgress();
    }, SWEEP_MS);
    this.machine.apply('started');
    const { localDispatch, notifier } = this.parts.store;
    localDispatch.open((jobs, notification) => this.claimLoop.insertClaimed(jobs, notification));
    notifier.alone = () => this.roster.alone;
    notifier.preferred = (jobs) => (this.responder.wouldTake(jobs) ? this.id : undefined);
  }

  private enter(state: NodeLifeState): void {
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
    notifier.preferred = null;
    notifier.alone = null;
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
    this.responder.stop();
    clearInterval(this.sweeper);
    for (const end of [
      () => this.stats.stop(),
      () => this.heartbeat.stop(),
      () => this.membership.leave(),
      () => this.membership.close(),
    ])
      await deadline.wait(end());
    this.machine.apply('stopped');
    notifier.publish({ ready: true, full: [this.id] });
  }

  /** What runs gets no longer than this, in milliseconds. */
  stopWithin(timeout: number): void {
    this.drain.within(timeout);
  }

  private receive(message: NotifierMessage): void {
    if (message.config === true) this.claimLoop.resync();
    if (message.ready === true) this.claimLoop.jobsReady();
    if (message.full !== undefined) this.roster.setFull(message.full);
    for (const { node, channels } of message.starved ?? [])
      this.roster.setStarved(node, channels, 2 * this.settings.pollInterval);
    if (message.jobs !== undefined) this.responder.receive(message.jobs);
    if (message.nodes === true) this.heartbeat.beatSoon();
    if (message.dueIn !== undefined) this.cycles.dueWithin(message.dueIn);
    if (message.cancel !== undefined) this.canceller.cancel(message.cancel);
    if (message.mayCancel !== undefined) void this.canceller.cancelIfAsked(message.mayCancel);
  }

  private beat(tick: HeartbeatReply): void {
    this.stats.setClock(tick.now);
    if (tick.alive) this.commands.apply(this.id, tick.command);
    this.rescuer.follow(tick);
    this.expirer.follow(tick);
    if (!tick.alive || tick.version !== this.pool.permits.version) this.claimLoop.resync();
    if (tick.nextEta !== null) this.cycles.dueByHeartbeat(tick.nextEta);
    if (tick.fleet !== null) this.roster.learn(tick.fleet);
    if (tick.cancel.length > 0) this.canceller.cancel(tick.cancel);
    if (tick.holds) this.claimLoop.audit();
    if (tick.ready) this.nextPoll = performance.now() + this.settings.pollInterval;
    if (tick.ready || this.claimLoop.sweepDue) this.claimLoop.jobsReady();
    // Behind a pooler nobody notifies; these are cheap to look up.
    if (!this.membership.listens) this.parts.store.notifier.publishLocal({ functions: true });
  }

  /** Whether the next heartbeat looks for work. The sweeps do, where a look would read a long dead front of the index. */
  private get pollDue(): boolean {
    return !this.claimLoop.skipsFront && performance.now() >= this.nextPoll;
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
    // What the others have said meanwhile is lost.
    if (this.membership.listens) this.parts.store.notifier.tellEvents('asking');
    this.claimLoop.resync();
    this.commands.reconnected();
  }

  /** The others have given this node up: it goes on as a new one. */
  private async reregister(): Promise<number> {
    this.pool.abandonAll(
      new NodeLostError(`Node ${this.id} was given up by the others, and its jobs with it`),
    );
    await this.membership.rejoin();
    // If its session has been away, it is back by that, too.
    this.commands.reconnected();
    return this.id;
  }

  private readonly queryFailed = (error: unknown, attempt = 1): void => {
    this.parts.log.queryFailed(this.id, error, attempt);
  };
}
