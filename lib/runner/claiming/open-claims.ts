/** Which claims of this node still have jobs that have not ended, so that the database can forget the others. */
export class OpenClaims {
  private next = 1;
  private readonly open = new Map<number, number>();
  private closed: number[] = [];

  nextId(): number {
    return this.next++;
  }

  opened(claim: number, jobs: number): void {
    if (jobs > 0) this.open.set(claim, jobs);
  }

  ended(claim: number): void {
    const left = (this.open.get(claim) ?? 0) - 1;
    if (left > 0) {
      this.open.set(claim, left);
    } else if (this.open.delete(claim)) {
      this.closed.push(claim);
    }
  }

  /** The ends of these jobs did not get through, nor did it that these claims are closed. */
  reopen(jobs: readonly { claim: number }[], closed: readonly number[]): void {
    for (const { claim } of jobs) this.open.set(claim, (this.open.get(claim) ?? 0) + 1);
    this.closed.push(...closed.filter((claim) => !this.open.has(claim)));
  }

  /** The claims that this node never got an answer to. */
  unknown(held: readonly { claim: number }[]): number[] {
    return [...new Set(held.map(({ claim }) => claim))].filter((claim) => !this.open.has(claim));
  }

  /** The node has a new number, and claims of its own from now on. */
  clear(): void {
    this.open.clear();
    this.closed = [];
  }

  takeClosed(): number[] {
    const closed = this.closed;
    this.closed = [];
    return closed;
  }
}
