import { setTimeout as pause } from 'node:timers/promises';
import type { ChaosServer } from './chaos-server.js';
import type { ChaosOptions } from './options.js';
import { FAULTS } from './faults/faults.js';
import { type Fault, type FaultRecord } from './faults/fault.js';
import { watchMachine } from './faults/machine.js';
import { Member } from './member.js';
import { Recorder } from './process/recorder.js';
import type { ProcessSettings } from './process/settings.js';
import { Random } from './random.js';
import type { randomTree } from './tree.js';

/** Jobs that live at most while calls are made. */
const BACKLOG = 400;
/** Of the workers that have one, in milliseconds. */
const LEASE_MS = 5_000;

/** Processes over one PostgreSQL, and what happens to them. */
export class Campaign {
  readonly members: Member[] = [];
  /** Every process that there ever was, by its number. */
  readonly all: Member[] = [];
  readonly faults: FaultRecord[] = [];
  /** Processes that ended though nobody did anything to them. */
  readonly crashes: string[] = [];
  /** The complaints of processes that could not start while something was wrong: others took their places. */
  readonly failedStarts: string[] = [];
  private readonly under = new Set<Promise<void>>();
  private readonly joining = new Set<Promise<void>>();
  private healing = false;
  private readonly unwatch = watchMachine(this.faults);
  private started = 0;

  constructor(
    readonly options: ChaosOptions,
    readonly random: Random,
    readonly database: { readonly server: ChaosServer; readonly url: string },
    /** Past all faults. */
    readonly direct: Recorder,
    private readonly tree: ReturnType<typeof randomTree>,
  ) {}

  /** Every third worker has a lease instead of a session. */
  async start(): Promise<void> {
    const { workers, callers } = this.options;
    await Promise.all([
      ...Array.from({ length: workers }, async (_, at) => this.join(this.workerSettings(at % 3 === 2))),
      ...Array.from({ length: callers }, async (_, at) => this.join(this.callerSettings(at === 0))),
    ]);
  }

  /** One fault after the other, some at the same time, until the time is over. */
  async strikeUntil(end: number): Promise<void> {
    while (Date.now() < end) {
      await pause(this.random.int(200, 1_800));
      if (this.under.size >= 3) continue;
      const fault = this.random.weighted(FAULTS);
      const member = fault.to === undefined ? undefined : this.idle(fault);
      if (fault.to !== undefined && member === undefined) continue;
      // What is done to all is done once at a time.
      if (
        this.faults.some(
          ({ kind, ended }) => kind === fault.kind && fault.to === undefined && ended === Infinity,
        )
      )
        continue;
      const strike = this.strike(fault, member).finally(() => this.under.delete(strike));
      this.under.add(strike);
    }
    await Promise.all(this.under);
    this.healing = true;
  }

  /** Statements on the library's tables fail with this SQLSTATE, a share of them, for some milliseconds. */
  readonly trouble = async (code: string, share: number, ms: number): Promise<void> => {
    await this.direct.ask(
      `INSERT INTO chaos_trouble VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')`,
      [code, share, ms],
    );
    await pause(ms);
  };

  /** Another process takes the place of one that has ended. */
  replace(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
    const { calls, runner } = member.settings;
    const again =
      runner === false
        ? this.callerSettings(calls?.alone === true)
        : this.workerSettings(runner.listen === false);
    const joined = pause(this.random.int(0, 1_500))
      .then(async () => this.join(again))
      .finally(() => this.joining.delete(joined));
    this.joining.add(joined);
  }

  /** Nobody makes calls any more, and all who are to take part do. */
  async quiet(): Promise<void> {
    while (this.joining.size > 0) await Promise.all(this.joining);
    await Promise.all(
      this.members.map(async (member) => (member.settings.calls === null ? true : member.quiet())),
    );
  }

  /** The campaign ends here and now. */
  abandon(): void {
    for (const member of this.members) member.signal('SIGKILL');
  }

  /** All processes end in order. */
  async stop(): Promise<void> {
    this.unwatch();
    await Promise.all(
      this.members.map(async (member) => {
        member.busy = true;
        member.signal('SIGTERM');
        const late = setTimeout(() => {
          this.crashes.push(`Process ${member.index} did not end within 20 s of SIGTERM`);
          member.signal('SIGKILL');
        }, 20_000);
        await member.exited;
        clearTimeout(late);
      }),
    );
  }

  private tell(what: string, from: number): void {
    if (!this.options.verbose) return;
    console.log(`        ${new Date(from).toISOString().slice(11, 23)} ${what}, ${Date.now() - from} ms`);
  }

  private async strike(fault: Fault, member: Member | undefined): Promise<void> {
    const record: FaultRecord = {
      kind: fault.kind,
      process: member?.index,
      begun: Date.now(),
      ended: Infinity,
    };
    this.faults.push(record);
    if (member !== undefined) member.busy = true;
    await fault.strike(this, member);
    record.ended = Date.now();
    this.tell(`${fault.kind}${member === undefined ? '' : ` of process ${member.index}`}`, record.begun);
    if (member !== undefined) member.busy = !member.alive;
  }

  private idle(fault: Fault): Member | undefined {
    const idle = this.members.filter((member) => member.alive && !member.busy && fault.to?.(member) === true);
    return idle.length === 0 ? undefined : this.random.pick(idle);
  }

  private async join(settings: Omit<ProcessSettings, 'url'>): Promise<void> {
    const member = await Member.start(settings);
    this.all[member.index] = member;
    this.members.push(member);
    void this.followed(member);
    const from = Date.now();
    if (await member.ready()) this.tell(`start of process ${member.index}`, from);
  }

  private async followed(member: Member): Promise<void> {
    await member.exited;
    if (member.busy) return;
    member.busy = true;
    const complaint = member.complaints.join('').slice(-2_000);
    if (member.started) this.crashes.push(`Process ${member.index} ended by itself: ${complaint}`);
    else this.failedStarts.push(complaint);
    if (!this.healing) this.replace(member);
  }

  private workerSettings(lease: boolean): Omit<ProcessSettings, 'url'> {
    const { random } = this;
    return {
      ...this.common(),
      runner: {
        concurrency: random.int(2, 10),
        pollInterval: 500,
        shutdownTimeout: random.pick([200, 2_000]),
        ...(lease ? { listen: false, leaseDuration: LEASE_MS } : {}),
      },
      // Calls in a process that runs jobs take theirs at once, where it is idle and the channel has no limits.
      calls: random.chance(0.5) ? { ...this.calls(false), channels: ['root'] } : null,
    };
  }

  private callerSettings(alone: boolean): Omit<ProcessSettings, 'url'> {
    return { ...this.common(), runner: false, calls: this.calls(alone) };
  }

  private calls(alone: boolean): NonNullable<ProcessSettings['calls']> {
    return { channels: this.tree.used, alone, backlog: BACKLOG };
  }

  private common(): { index: number; seed: number; directUrl: string; skew: number } {
    const { random } = this;
    return {
      index: this.started++,
      seed: random.int(0, 2 ** 31),
      directUrl: this.database.url,
      skew: random.chance(0.3) ? random.int(-7_200_000, 7_200_000) : 0,
    };
  }
}
