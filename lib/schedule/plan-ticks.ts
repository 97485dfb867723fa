import type { CatchUp } from '../store/schedules/schedule-definition.js';
import type { Ticks } from './expression/ticks.js';

/** The most missed ticks that are made up. */
const MOST_MADE_UP = 1_000;

/** Ticks that are counted beyond these; counting a year of seconds would stop the process for minutes. */
const MOST_COUNTED = 10_000;

/** A tick that is found this late was missed, whatever nodes there were: they stood still, in milliseconds. */
const MOST_LATE_MS = 60_000;

/** A schedule whose tick has come. Instants are milliseconds since the epoch of Unix, by the database's clock. */
export interface DueTicks {
  readonly ticks: Ticks;
  /** The tick that has come. */
  readonly due: number;
  readonly now: number;
  /** Since when some living node has served the schedule: ticks before were missed. */
  readonly servedSince: number;
  readonly catchUp: CatchUp;
  /** How many ticks the schedule may still have. */
  readonly left: number;
}

/** What to store of them. */
export interface TickPlan {
  /** The oldest first. */
  readonly stored: readonly number[];
  /** How many are not made up; from 10,000 on there may be more. */
  readonly missed: number;
  /** The tick after these, unless the schedule has had as many as it may have. */
  readonly next: number | null;
}

/** Decides which of the ticks that have come are stored. */
export function planTicks({ ticks, due, now, servedSince, catchUp, left }: DueTicks): TickPlan {
  const missedBefore = Math.min(Math.max(servedSince, now - MOST_LATE_MS), now + 1);
  const missed = due < missedBefore ? from(ticks, due, missedBefore, MOST_COUNTED) : [];
  const madeUp = madeUpOf(ticks, missed, missedBefore, catchUp);
  const first = due < missedBefore ? ticks.after(missedBefore - 1) : due;
  const late = first === undefined ? [] : from(ticks, first, now + 1, MOST_MADE_UP);
  const stored = [...madeUp, ...late].slice(0, left);
  const next = ticks.after(Math.max(late.at(-1) ?? now, now)) ?? null;
  return { stored, missed: missed.length - madeUp.length, next };
}

function madeUpOf(
  ticks: Ticks,
  missed: readonly number[],
  before: number,
  catchUp: CatchUp,
): readonly number[] {
  if (catchUp === 'none' || missed.length === 0) return [];
  if (catchUp === 'all') return missed.slice(0, MOST_MADE_UP);
  return [lastBefore(ticks, missed.at(-1) as number, before)];
}

/** The ticks from this one on, before an instant, at most so many. */
function from(ticks: Ticks, first: number, before: number, most: number): number[] {
  const found: number[] = [];
  let tick: number | undefined = first;
  while (tick !== undefined && tick < before && found.length < most) {
    found.push(tick);
    tick = ticks.after(tick);
  }
  return found;
}

/** The last tick before an instant, from a tick on that is one: by halves, however many lie between. */
function lastBefore(ticks: Ticks, known: number, before: number): number {
  const isBefore = (tick: number | undefined): tick is number => tick !== undefined && tick < before;
  let [low, high] = [known, before];
  let last = known;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const tick = ticks.after(middle);
    if (isBefore(tick)) [low, last] = [tick, tick];
    else high = middle;
  }
  return last;
}
