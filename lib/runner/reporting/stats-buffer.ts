import { bucketOf, BUCKETS, trimmed } from '../../common/histogram.js';
import type { StatsBatch, StatsRow } from '../../store/stats/rollup-store.js';

const MINUTE_MS = 60_000;

/** How an attempt ended, as the charts count it. */
export type CountedOutcome = 'done' | 'failed' | 'retried' | 'cancelled';

interface Cell extends Record<CountedOutcome, number> {
  readonly channel: string;
  readonly name: string;
  readonly wait: Int32Array;
  readonly run: Int32Array;
}

/**
 * Counts the ends of attempts in memory, by minute, channel and name. A job costs a look into a map and a few additions; to
 * the database it goes in {@link StatsBatch}es, each of which counts once however often it is sent.
 */
export class StatsBuffer {
  private readonly minutes = new Map<number, Map<string, Map<string, Cell>>>();
  private number = 0;
  private outgoing: StatsBatch | null = null;
  /** From the monotonic clock of this process to the database's, in milliseconds. */
  private offset = Date.now() - performance.now();

  /** What the database's clock says now: milliseconds since 1970. */
  setClock(now: number): void {
    this.offset = now - performance.now();
  }

  /** @param at - when it ended, by the monotonic clock of this process, in milliseconds; the others are seconds */
  count(kind: CountedOutcome, channel: string, name: string, at: number, wait: number, run: number): void {
    const cell = this.countUntimed(kind, channel, name, at);
    add(cell.wait, bucketOf(wait));
    add(cell.run, bucketOf(run));
  }

  /** An end without an attempt: nothing of it waited or ran. */
  countUntimed(kind: CountedOutcome, channel: string, name: string, at: number): Cell {
    const cell = this.cell(Math.floor((at + this.offset) / MINUTE_MS), channel, name);
    cell[kind] += 1;
    return cell;
  }

  /** The next batch to be written, the same until it {@link written was}; null: all is. */
  next(node: number): StatsBatch | null {
    if (this.outgoing !== null) return this.outgoing;
    const [first] = this.minutes;
    if (first === undefined) return null;
    const [minute, channels] = first;
    this.minutes.delete(minute);
    const cells = [...channels.values()].flatMap((names) => [...names.values()]);
    this.number += 1;
    this.outgoing = { node, number: this.number, minute, rows: cells.map(toRow) };
    return this.outgoing;
  }

  written(): void {
    this.outgoing = null;
  }

  private cell(minute: number, channel: string, name: string): Cell {
    let channels = this.minutes.get(minute);
    if (channels === undefined) this.minutes.set(minute, (channels = new Map()));
    let names = channels.get(channel);
    if (names === undefined) channels.set(channel, (names = new Map()));
    let cell = names.get(name);
    if (cell === undefined) names.set(name, (cell = emptyCell(channel, name)));
    return cell;
  }
}

function add(counts: Int32Array, bucket: number): void {
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

const emptyCell = (channel: string, name: string): Cell => ({
  channel,
  name,
  done: 0,
  failed: 0,
  retried: 0,
  cancelled: 0,
  wait: new Int32Array(BUCKETS),
  run: new Int32Array(BUCKETS),
});

const toRow = ({ channel, name, done, failed, retried, cancelled, wait, run }: Cell): StatsRow => ({
  channel: channel,
  name: name,
  done,
  failed,
  retried,
  cancelled,
  wait: trimmed(wait),
  run: trimmed(run),
});
