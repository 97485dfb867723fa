/**
 * How many transactional jobs run here at once. Each holds a connection of the application's pool for as long as it
 * lasts, and a query of its method through an injected repository needs another one: as many of them as the pool has
 * connections would wait for each other forever. So they get a part of the pool (see `RunnerSettings`), and while they
 * have all of it, this node claims only other jobs.
 */
export class TransactionalSlots {
  private running = 0;
  private open: readonly string[];
  private others: readonly string[] = [];

  constructor(
    private readonly names: readonly string[],
    private readonly transactional: ReadonlySet<string>,
    private readonly size: number,
  ) {
    this.open = names;
    this.pause([]);
  }

  /** Job functions of which nothing is claimed. */
  pause(paused: readonly string[]): void {
    this.open = paused.length === 0 ? this.names : this.names.filter((name) => !paused.includes(name));
    this.others = this.open.filter((name) => !this.transactional.has(name));
  }

  /** The job functions that this node has room for. */
  get claimable(): readonly string[] {
    return this.running < this.size ? this.open : this.others;
  }

  /** How many more jobs of a function may begin here. */
  roomFor(name: string): number {
    return this.transactional.has(name) ? this.size - this.running : Infinity;
  }

  begun(name: string): void {
    if (this.transactional.has(name)) this.running += 1;
  }

  /** True if there was no room before. */
  ended(name: string): boolean {
    if (!this.transactional.has(name)) return false;
    this.running -= 1;
    return this.running === this.size - 1;
  }
}
