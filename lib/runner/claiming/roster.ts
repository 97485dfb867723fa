import type { ReadyJobs } from '../../store/notify/ready-jobs.js';
import type { RosterGroup } from '../../store/nodes/heartbeat.types.js';

/** For how long a node that had no room, or did not answer, is left out, in milliseconds. */
const FULL_MS = 1_000;

/** So many nodes may have had no room; then everybody comes who has. */
const MOST_PASSES = 2;

/** Nodes that look whether the others have come. */
const STAND_INS = 2;

/** This node, as the others know it. */
export interface RosterSelf {
  readonly node: () => number;
  readonly slots: number;
  readonly names: readonly string[];
  readonly channels: readonly string[] | null;
}

/** Who comes for ready jobs. */
export interface ResponsePlan {
  readonly chosen: ReadonlySet<number>;
  /** In the order in which they look whether the jobs still wait. */
  readonly standIns: readonly number[];
  /** Nobody is left that could come in place of one of them. */
  readonly everybody: boolean;
}

/**
 * Which of the living nodes come for ready jobs. Every node computes it for itself from the same things: the notification,
 * and the list of nodes that it gets with a heartbeat once that has changed. Where two nodes know different lists for a
 * moment, one node too many may come, or none: then a stand-in does.
 */
export class Roster {
  /** Of the list that is known; 0: none. */
  version = 0;
  private groups: readonly Group[] = [];
  /** Until when a node is left out. */
  private readonly full = new Map<number, number>();
  private readonly starved = new Map<
    number,
    { readonly channels: ReadonlySet<string>; readonly until: number }
  >();

  constructor(private readonly self: RosterSelf) {}

  learn(list: { readonly version: number; readonly groups: readonly RosterGroup[] }): void {
    this.version = list.version;
    const mine = kindOf(this.self);
    this.groups = list.groups.map((group) => ({ ...group, mine: kindOf(group) === mine }));
  }

  /** These nodes have no room just now, or don't answer. */
  setFull(nodes: readonly number[]): void {
    const until = performance.now() + FULL_MS;
    for (const node of nodes) this.full.set(node, until);
  }

  /** For this time, in milliseconds, a node waits for permits of these channels. */
  setStarved(node: number, channels: readonly string[], ms: number): void {
    this.starved.set(node, { channels: new Set(channels), until: performance.now() + ms });
  }

  /** Whether some node waits for permits of these channels. */
  anyStarved(channels: readonly string[]): boolean {
    return this.starvedIn(channels).length > 0;
  }

  /** Whether all nodes have the same job functions and serve the same channels. */
  get uniform(): boolean {
    return this.groups.length > 0 && this.groups.every(({ mine }) => mine);
  }

  /** Whether this node is the only one. */
  get alone(): boolean {
    return this.groups.flatMap(({ nodes }) => nodes).length === 1;
  }

  /** The place of this node among those that can do the same, from 0 on. */
  get place(): number {
    const me = this.self.node();
    return [...this.ownGroup().keys()].filter((id) => id < me && !this.isFull(id)).length;
  }

  /** Null: these jobs are none of this node's business. */
  plan(jobs: ReadyJobs): ResponsePlan | null {
    const pool = this.poolFor(jobs);
    if (!pool.has(this.self.node())) return null;
    const { lot = 0, passed = [], first, count } = jobs;
    const able = [...pool].filter(([id]) => !passed.includes(id) && !this.isFull(id));
    if (passed.length >= MOST_PASSES || able.length === 0)
      return { chosen: new Set(pool.keys()), standIns: [], everybody: true };
    const rank = new Map(able.map(([id]) => [id, id === first ? -1 : score(lot, id)]));
    able.sort(([a], [b]) => (rank.get(a) as number) - (rank.get(b) as number));
    const chosen = new Set<number>();
    let slots = 0;
    for (const [id, room] of able) {
      if (chosen.size > 0 && slots >= count) break;
      chosen.add(id);
      slots += room;
    }
    // Always the same nodes, so that one look serves for many jobs.
    const others = able.map(([id]) => id).filter((id) => !chosen.has(id));
    const standIns = others.sort((a, b) => a - b).slice(0, jobs.uuid === undefined ? 1 : STAND_INS);
    return { chosen, standIns, everybody: able.length === chosen.size };
  }

  /** The nodes that could come, with their slots. */
  private poolFor({ name, channel, freed }: ReadyJobs): ReadonlyMap<number, number> {
    if (freed !== undefined) return new Map(this.starvedIn(freed).map((id) => [id, 1]));
    if (name === undefined || channel === undefined) return this.ownGroup();
    const served = this.groups.filter((group) => canRun(group, name, channel)).map(({ nodes }) => nodes);
    const pool = new Map(served.flat());
    if (canRun(this.self, name, channel)) pool.set(this.self.node(), this.self.slots);
    return pool;
  }

  /** The nodes that have the same job functions and serve the same channels as this one, and itself. */
  private ownGroup(): ReadonlyMap<number, number> {
    const others = this.groups.filter(({ mine }) => mine).flatMap(({ nodes }) => nodes);
    return new Map(others).set(this.self.node(), this.self.slots);
  }

  private isFull(node: number): boolean {
    return (this.full.get(node) ?? 0) > performance.now();
  }

  private starvedIn(channels: readonly string[]): number[] {
    const now = performance.now();
    return [...this.starved]
      .filter(([, { until, channels: of }]) => until > now && channels.some((one) => of.has(one)))
      .map(([id]) => id);
  }
}

interface Group extends RosterGroup {
  /** They can do the same as this node. */
  readonly mine: boolean;
}

const kindOf = ({ names, channels }: Pick<RosterGroup, 'names' | 'channels'>): string =>
  JSON.stringify([names?.toSorted(), channels?.toSorted()]);

const canRun = (
  { names, channels }: Pick<RosterGroup, 'names' | 'channels'>,
  name: string,
  channel: string,
): boolean =>
  names !== null &&
  names.includes(name) &&
  (channels === null || channels.some((served) => `${channel}.`.startsWith(`${served}.`)));

/** A number that looks random, and is the same for everybody. */
function score(lot: number, node: number): number {
  let mixed = Math.imul(lot ^ Math.imul(node, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
