/** Numbers that follow from a seed, so that a campaign's choices can be made again (not its timing). */
export class Random {
  constructor(private state: number) {}

  /** From 0 up to, not including, 1. */
  next(): number {
    // mulberry32
    this.state = (this.state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)] as T;
  }

  /** One of several, the more often the heavier. */
  weighted<T extends { readonly weight: number }>(from: readonly T[]): T {
    let at = this.next() * from.reduce((sum, { weight }) => sum + weight, 0);
    return from.find(({ weight }) => (at -= weight) < 0) ?? (from.at(-1) as T);
  }

  /** Milliseconds that a job takes: mostly few, now and then seconds. */
  duration(): number {
    const kind = this.next();
    if (kind < 0.75) return this.int(0, 30);
    return kind < 0.96 ? this.int(30, 400) : this.int(1_000, 6_000);
  }
}
