import type { StoredTiming } from '../store/schedules/schedule-definition.js';
import { RememberedTicks } from './expression/remembered-ticks.js';
import { readTicks } from './expression/schedule-expression.js';
import type { Ticks } from './expression/ticks.js';

/** Reading an expression takes more than a millisecond; schedules of tenants have few of them. */
const MOST = 1_000;

/** The ticks of stored schedules, read once for all that tick alike. */
export class TicksCache {
  private readonly known = new Map<string, Ticks>();

  /** @throws InvalidScheduleError where another version of the library, or of Node.js, knew more */
  of({ cron, every, timeZone, startAt, endAt }: StoredTiming): Ticks {
    const key = JSON.stringify([cron, every, timeZone, startAt, endAt]);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const bounds = { timeZone, startAt: dateOf(startAt), endAt: dateOf(endAt) };
    const ticks = new RememberedTicks(readTicks(cron ?? { every: every ?? 0 }, bounds));
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(key, ticks);
    return ticks;
  }

  /** The first tick after an instant that a schedule may still have; `ticks` is how many it has had. */
  after(schedule: StoredTiming, instant: number, ticks: number): number | null {
    if (schedule.maxTicks !== null && ticks >= schedule.maxTicks) return null;
    return this.of(schedule).after(instant) ?? null;
  }
}

export const dateOf = (text: string | null): Date | undefined => (text === null ? undefined : new Date(text));
