/** A timer's longest time; a later alarm is set again then. */
const MAX_TIMER_MS = 2_147_483_647;

/** One timer for the earliest of many moments. */
export class EarliestTimer {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;

  constructor(private readonly onDue: () => void) {}

  /** Whether it is going to ring. */
  get armed(): boolean {
    return this.at < Infinity;
  }

  /** Rings in `ms` milliseconds, unless it is to ring earlier. */
  within(ms: number): void {
    const at = performance.now() + Math.max(0, ms);
    if (at >= this.at) return;
    this.clear();
    this.at = at;
    this.timer = setTimeout(() => this.fire(), Math.min(Math.max(0, ms), MAX_TIMER_MS));
  }

  clear(): void {
    clearTimeout(this.timer);
    this.at = Infinity;
  }

  private fire(): void {
    const left = this.at - performance.now();
    this.at = Infinity;
    if (left > 1) this.within(left);
    else this.onDue();
  }
}
