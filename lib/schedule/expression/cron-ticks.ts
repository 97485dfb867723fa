import type { CronFields } from './cron-fields.js';
import type { Ticks } from './ticks.js';
import type { TimeZone } from './time-zone.js';

/** No clock is set by more than a day, so what lies two days away can't come near. */
const STEP_MS = 2 * 86_400_000;

/**
 * The ticks of cron fields in a time zone. Daylight saving is decided here, since no parser follows the rules that we
 * promise:
 *
 * - A fixed time that the wall clock leaves out ticks at the first instant after the gap, once for all of them.
 * - A fixed time that the wall clock shows twice ticks at its first.
 * - With `*` in hours or minutes, whatever the wall clock shows counts: nothing is made up for, and nothing left out.
 */
export class CronTicks implements Ticks {
  constructor(
    private readonly fields: CronFields,
    private readonly zone: TimeZone,
  ) {}

  after(instant: number): number | undefined {
    let from = instant;
    for (;;) {
      const offset = this.zone.offsetAt(from);
      const time = this.fields.after(from + offset);
      if (time === undefined) return undefined;
      const expected = time - offset;
      const horizon = Math.min(expected, from + STEP_MS);
      const jump = this.zone.transitionWithin(from, horizon);
      if (jump !== undefined) {
        // Up to the jump there is no tick. The time that was found may lie in the gap.
        if (!this.fields.everyHourOrMinute && time < jump.at + jump.offsetAfter) return jump.at;
        if (this.isTick(jump.at, jump.offsetAfter)) return jump.at;
        from = jump.at;
      } else if (expected > horizon) {
        from = Math.max(horizon, expected - STEP_MS);
      } else {
        if (!this.isSecond(expected)) return expected;
        from = expected;
      }
    }
  }

  private isTick(instant: number, offset: number): boolean {
    return this.fields.matches(instant + offset) && !this.isSecond(instant);
  }

  /** A fixed time that the wall clock shows again. */
  private isSecond(instant: number): boolean {
    return !this.fields.everyHourOrMinute && this.zone.isRepeated(instant);
  }
}
