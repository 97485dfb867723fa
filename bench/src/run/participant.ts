import { setTimeout as sleep } from 'node:timers/promises';
import { NOTE } from '../systems/fill-sql.ts';
import type { Handler, OpenSystem, Payload, Role, Seed, System } from '../systems/system.ts';
import { microseconds } from './clock.ts';

export interface Counted {
  readonly count: number;
  readonly seconds: number;
}

/** What a process of a system can be asked to do. Every method is called from the process that measures. */
export class Participant {
  private ran = 0;
  private readonly waits: number[] = [];
  private orders = 0;

  private constructor(
    private readonly system: System,
    /** All nodes of this process, that one included. */
    private readonly nodes: readonly System[],
    private readonly role: Role,
    private readonly report: (ran: number) => void,
  ) {}

  static async open(open: OpenSystem, role: Role, report: (ran: number) => void): Promise<Participant> {
    const nodes: System[] = [];
    for (let at = 0; at < (role.work?.nodes ?? 1); at += 1) nodes.push(await open(role));
    return new Participant(nodes[0] as System, nodes, role, report);
  }

  prepare(): Promise<void> {
    return this.system.prepare();
  }

  seed(seed: Seed): Promise<void> {
    return this.system.seed(seed);
  }

  async work(): Promise<void> {
    const handlers: Record<NonNullable<Role['work']>['handler'], Handler> = {
      nothing: () => this.count(),
      pause: async () => {
        await sleep(5);
        this.count();
      },
      stamp: ({ sent }) => {
        this.waits.push(microseconds() - sent);
        this.count();
      },
    };
    for (const node of this.nodes) await node.work(handlers[this.role.work?.handler ?? 'nothing']);
  }

  /** Calls `callers` loops at once for `ms` milliseconds; every call waits for its commit. */
  async enqueueFor(ms: number, callers: number, how: 'alone' | 'transaction'): Promise<Counted> {
    return repeat(ms, callers, () =>
      how === 'alone'
        ? this.system.enqueue?.(this.payload())
        : this.system.enqueueInTransaction?.(this.payload()),
    );
  }

  async bulkFor(ms: number, size: number): Promise<Counted> {
    const { count, seconds } = await repeat(ms, 1, () =>
      this.system.enqueueMany?.(Array.from({ length: size }, () => this.payload())),
    );
    return { count: count * size, seconds };
  }

  /** Stores `count` jobs, up to a thousand with each call. */
  async bulk(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1_000) {
      await this.system.enqueueMany?.(Array.from({ length: Math.min(left, 1_000) }, () => this.payload()));
    }
  }

  /** Calls at a steady rate, whether the one before has answered or not. */
  async enqueueSteadily(perSecond: number, count: number): Promise<void> {
    const start = microseconds();
    const calls: Promise<unknown>[] = [];
    for (let at = 0; at < count; at += 1) {
      const due = start + (at * 1_000_000) / perSecond;
      const wait = (due - microseconds()) / 1000;
      if (wait > 0) await sleep(wait);
      calls.push(Promise.resolve(this.system.enqueue?.(this.payload())));
    }
    await Promise.all(calls);
  }

  /** How long each of `count` calls took until its result was there, one after the other, in microseconds. */
  async callAndWait(count: number): Promise<number[]> {
    const waited: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const start = microseconds();
      await this.system.callAndWait?.(this.payload());
      waited.push(microseconds() - start);
    }
    return waited;
  }

  async chain(length: number): Promise<void> {
    await this.system.chain?.(Array.from({ length }, () => this.payload()));
  }

  /** How late the first `jobs` of the schedules began, in milliseconds. */
  async ticks(jobs: number): Promise<number[]> {
    return (await this.system.ticks?.(jobs)) ?? [];
  }

  /** How long each job was under way, from the call to its method, in microseconds. */
  async waited(): Promise<number[]> {
    return this.waits.splice(0);
  }

  /** Resolves once every job has ended, and that is written. */
  async settled(): Promise<void> {
    while (!(await this.system.settled())) await sleep(2);
  }

  async memory(): Promise<number> {
    return process.memoryUsage().rss;
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.close();
  }

  private count(): void {
    this.ran += 1;
    this.report(this.ran);
  }

  private payload(): Payload {
    this.orders += 1;
    return { order: this.orders, note: NOTE, sent: microseconds() };
  }
}

async function repeat(
  ms: number,
  callers: number,
  call: () => Promise<unknown> | undefined,
): Promise<Counted> {
  const start = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - start < ms) {
        await call();
        count += 1;
      }
    }),
  );
  return { count, seconds: (performance.now() - start) / 1000 };
}
