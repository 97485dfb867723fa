import type { NodeStore, Tick, Vitals } from '../../store/nodes/node-store.js';
import type { Ask } from '../../store/nodes/node-store.js';
import { GRACE_MS } from '../runner.settings.js';

/** The one query a second of an idle node, in milliseconds. */
const BEAT_MS = 1_000;

export interface HeartSettings {
  readonly node: () => number;
  readonly leaseDuration: number;
  readonly vitals: () => Vitals;
  /** The session to ask on; undefined is any connection. */
  readonly ask: Ask | undefined;
}

export interface HeartHooks {
  readonly beat: (tick: Tick) => void;
  readonly missed: (error: unknown) => void;
}

/** Beats once a second: signs that the node is alive, and finds the nodes that aren't. */
export class Heart {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly nodes: NodeStore,
    private readonly settings: HeartSettings,
    private readonly hooks: HeartHooks,
  ) {}

  start(): void {
    this.timer = setTimeout(() => this.beatNow(), BEAT_MS);
  }

  /** Beats without waiting for the second to pass: somebody asks something of this node. */
  hasten(): void {
    void this.beatAfter(this.beating);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
  }

  /** One that is under way may have asked before. */
  private async beatAfter(before: Promise<void>): Promise<void> {
    await before;
    if (this.stopped || this.beating !== before) return;
    clearTimeout(this.timer);
    this.beatNow();
  }

  private beatNow(): void {
    this.beating = this.beat().finally(() => {
      if (!this.stopped) this.start();
    });
  }

  private async beat(): Promise<void> {
    const { node, leaseDuration, vitals, ask } = this.settings;
    try {
      const tick = await this.nodes.tick(node(), GRACE_MS / 1000, leaseDuration / 1000, vitals(), ask);
      if (!this.stopped) this.hooks.beat(tick);
    } catch (error) {
      if (!this.stopped) this.hooks.missed(error);
    }
  }
}
