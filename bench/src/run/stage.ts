import pg from 'pg';
import type { Options } from '../options.ts';
import type { SystemEntry } from '../systems/catalogue.ts';
import type { Ability, Role, Seed, WorkRole } from '../systems/system.ts';
import type { Databases } from './databases.ts';
import { RedisServer } from './redis.ts';
import { SystemProcess } from './system-process.ts';

/** Nothing that is measured takes longer, in milliseconds; what does is given up and reported. */
const PATIENCE_MS = 120_000;

/** The place of one measure of one system: a fresh database, and processes; `clear()` removes all of it. */
export class Stage {
  private readonly loaded: SystemProcess[] = [];
  private readonly processes: SystemProcess[] = [];
  private readonly leftovers: (() => Promise<void>)[] = [];

  constructor(
    readonly system: SystemEntry,
    readonly databases: Databases,
    private readonly options: Options,
    /** Resolves when it is this system's turn to be measured. */
    private readonly turn: () => Promise<void>,
  ) {}

  get sizes(): Options['sizes'] {
    return this.options.sizes;
  }

  /** Jobs for this system to drain. */
  get jobs(): number {
    return Math.max(100, Math.round(this.sizes.jobs * this.system.share));
  }

  can(ability: Ability): boolean {
    return this.system.can.includes(ability);
  }

  /**
   * A fresh store of the system, with the tables and the seeded jobs.
   *
   * @param work - as the processes that will work there, where the tables depend on that
   */
  async place(work: WorkRole | undefined, seed?: Seed): Promise<string> {
    if (this.system.store === 'Redis') {
      const server = await RedisServer.start();
      this.leftovers.push(() => server.stop());
      await this.fill(server.url, work, seed);
      return server.url;
    }
    const { capacity, tunedFor } = work ?? {};
    const { tables = this.system.name, tablesByPurpose = false } = this.system;
    const name = JSON.stringify([tables, seed, capacity, tablesByPurpose && tunedFor]);
    const url = await this.databases.copy(name, (template) => this.fill(template, work, seed));
    this.leftovers.push(async () => this.databases.dropLater(url));
    return url;
  }

  /** Begins to load so many processes, meanwhile the database is copied. */
  load(count: number): void {
    for (let at = 0; at < count; at += 1) this.loaded.push(this.newProcess());
  }

  /**
   * Processes that are connected and do nothing yet: loaded ones, or new ones where there are none. Waits for this
   * system's turn, and until what the one before left behind is gone.
   */
  async start(role: Role, count = 1): Promise<SystemProcess[]> {
    const started = Array.from({ length: count }, () => this.loaded.pop() ?? this.newProcess());
    await Promise.all(started.map((one) => one.loaded()));
    await this.turn();
    await Promise.all([this.databases.calm(), ...started.map((one) => one.open(role))]);
    return started;
  }

  async startOne(role: Role): Promise<SystemProcess> {
    const [started] = await this.start(role);
    return started as SystemProcess;
  }

  /** Resolves once `count` jobs have run, over all `workers`. */
  async untilRan(workers: readonly SystemProcess[], count: number, patience = PATIENCE_MS): Promise<void> {
    await this.ranWithin(workers, count, { patience });
  }

  /**
   * Resolves with how many jobs have run, over all `workers`: once `count` have, or after `limit` milliseconds, if any has
   * by then.
   */
  async ranWithin(
    workers: readonly SystemProcess[],
    count: number,
    { limit = Infinity, patience = PATIENCE_MS }: { readonly limit?: number; readonly patience?: number },
  ): Promise<number> {
    const stops: (() => void)[] = [];
    const total = (): number => workers.reduce((sum, { ran }) => sum + ran, 0);
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (total() >= count || (total() > 0 && performance.now() - start >= limit)) resolve();
      };
      stops.push(...workers.map((worker) => worker.onRan(look)));
      if (limit < patience) {
        const timer = setTimeout(look, limit);
        stops.push(() => clearTimeout(timer));
      }
      const timer = setTimeout(
        () => reject(new Error(`${total()} of ${count} jobs have run in ${patience / 1000} s`)),
        patience,
      );
      stops.push(() => clearTimeout(timer));
      look();
    }).finally(() => {
      for (const stop of stops) stop();
    });
    return total();
  }

  async clear(): Promise<void> {
    // The figures are in, and some systems take their time to close. Only a profile is written at a proper end.
    const profiled = this.options.execArgv.length > 0;
    this.loaded.length = 0;
    await Promise.all(this.processes.splice(0).map((one) => (profiled ? one.stop() : one.kill())));
    for (const remove of this.leftovers.splice(0)) await remove();
  }

  private newProcess(): SystemProcess {
    const started = SystemProcess.start(this.system.name, this.options.execArgv);
    this.processes.push(started);
    return started;
  }

  private async fill(url: string, work: WorkRole | undefined, seed: Seed | undefined): Promise<void> {
    const filler = SystemProcess.start(this.system.name, []);
    try {
      await filler.open({ url, ...(work === undefined ? {} : { work }) });
      await filler.call('prepare');
      if (this.system.store === 'PostgreSQL') await createCallersTable(url);
      if (seed !== undefined) await filler.call('seed', seed);
    } finally {
      await filler.stop();
    }
  }
}

/** The table of the application whose transactions enqueue. */
async function createCallersTable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS bench_order (id integer NOT NULL, note text NOT NULL)');
  await client.end();
}
