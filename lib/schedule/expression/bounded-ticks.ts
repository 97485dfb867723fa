import type { Ticks } from './ticks.js';

/** The ticks from `startAt` to `endAt`, both included. */
export class BoundedTicks implements Ticks {
  constructor(
    private readonly ticks: Ticks,
    private readonly startAt = -Infinity,
    private readonly endAt = Infinity,
  ) {}

  after(instant: number): number | undefined {
    const tick = this.ticks.after(Math.max(instant, this.startAt - 1));
    return tick === undefined || tick > this.endAt ? undefined : tick;
  }
}
