import type { RunningAttempt } from '../attempt/attempt.js';

/** How long a suspect waits at most for the other jobs of this node to end, and how long it then runs alone, in milliseconds. */
const WAIT_MS = 10_000;
const ALONE_MS = 10_000;

/**
 * Jobs that several nodes have died with: each runs apart, so that the next death takes nobody else's attempt. It begins
 * when nothing else runs on this node, and nothing else begins here before it has ended. Both are bounded: a node with long
 * jobs must not keep a suspect waiting forever, nor a suspect that lasts keep the node from its work.
 */
export class Isolation {
  private waiting: RunningAttempt[] = [];
  private alone: RunningAttempt | undefined;
  private since = 0;

  constructor(private readonly begin: (attempt: RunningAttempt) => void) {}

  /** Nothing else may begin on this node. */
  get active(): boolean {
    return this.alone !== undefined || this.waiting.length > 0;
  }

  add(attempt: RunningAttempt): void {
    if (!this.active) this.since = performance.now();
    this.waiting.push(attempt);
  }

  remove(attempt: RunningAttempt): void {
    if (this.alone === attempt) this.alone = undefined;
    this.waiting = this.waiting.filter((one) => one !== attempt);
  }

  /** Those that have not had their turn. */
  takeWaiting(): RunningAttempt[] {
    const { waiting } = this;
    this.waiting = [];
    return waiting;
  }

  /** @param runs - how many jobs have a slot here, those that wait for their turn included */
  advance(runs: number): void {
    const now = performance.now();
    if (this.alone !== undefined && now - this.since > ALONE_MS) this.alone = undefined;
    const [next] = this.waiting;
    if (this.alone !== undefined || next === undefined) return;
    if (runs > this.waiting.length && now - this.since <= WAIT_MS) return;
    this.waiting.shift();
    this.alone = next;
    this.since = now;
    this.begin(next);
  }
}
