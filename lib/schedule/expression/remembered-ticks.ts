import type { Ticks } from './ticks.js';

/** Answers that are kept: of the ticks that a look finds due, most are asked for by many schedules. */
const MOST = 16;

/** Ticks that remember what they were asked a moment ago: a thousand tenants tick at the same instants. */
export class RememberedTicks implements Ticks {
  private readonly answers = new Map<number, number | undefined>();

  constructor(private readonly ticks: Ticks) {}

  after(instant: number): number | undefined {
    if (this.answers.has(instant)) return this.answers.get(instant);
    const tick = this.ticks.after(instant);
    if (this.answers.size >= MOST) this.answers.clear();
    this.answers.set(instant, tick);
    return tick;
  }
}
