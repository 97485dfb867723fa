import { ancestorsOf } from '../../channel/channel-name.js';
import type { GateMap } from '../../store/claims/claim-store.js';

/**
 * The permits that are free on this node: those of jobs that have ended since the last round trip. A job at hand takes
 * them over at once; what nobody takes goes back with the next round trip. None sleeps here.
 */
export class Permits {
  version = 0;
  private gates: ReadonlySet<string> = new Set();
  private throttled: ReadonlySet<string> = new Set();
  private readonly paths = new Map<string, readonly string[]>();
  private free = new Map<string, number>();
  /** Runs under a gate. */
  private readonly held = new Map<string, number>();

  /** The channels have changed; the free permits are counted anew by the caller. */
  reset(map: GateMap): void {
    this.version = map.version;
    this.gates = new Set(map.gates);
    this.throttled = new Set(map.throttled);
    this.paths.clear();
    this.free = new Map();
    this.held.clear();
  }

  /** The channels, this one and those above it, that limit it. */
  gatesOf(channel: string): readonly string[] {
    let path = this.paths.get(channel);
    if (path === undefined) {
      path = ancestorsOf(channel).filter((name) => this.gates.has(name));
      this.paths.set(channel, path);
    }
    return path;
  }

  throttledOf(channel: string): string[] {
    return this.throttled.size === 0 ? [] : this.gatesOf(channel).filter((name) => this.throttled.has(name));
  }

  /** A run holds its permits. */
  hold(channel: string): void {
    for (const gate of this.gatesOf(channel)) add(this.held, gate, 1);
  }

  /** A run has ended: its permits are free. */
  release(channel: string): void {
    for (const gate of this.gatesOf(channel)) {
      add(this.held, gate, -1);
      add(this.free, gate, 1);
    }
  }

  /** Takes the permits that a job at hand needs, if all are free. */
  take(channel: string): boolean {
    const gates = this.gatesOf(channel);
    if (!gates.every((gate) => (this.free.get(gate) ?? 0) > 0)) return false;
    for (const gate of gates) add(this.free, gate, -1);
    this.hold(channel);
    return true;
  }

  /** What goes back with a round trip. */
  takeFree(): ReadonlyMap<string, number> {
    const free = new Map([...this.free].filter(([, count]) => count > 0));
    this.free = new Map();
    return free;
  }

  /** How many jobs of this channel may run here at once by the permits held; Infinity without any limit. */
  width(channel: string): number {
    return Math.min(Infinity, ...this.gatesOf(channel).map((gate) => this.held.get(gate) ?? 0));
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
