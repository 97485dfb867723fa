import type { NodeStore, HeartbeatReply, NodeReport } from '../../store/nodes/node-store.js';
import type { SessionQuery } from '../../store/nodes/node-store.js';
import { GRACE_MS } from '../runner.settings.js';

/** The one query a second of an idle node, in milliseconds. */
const BEAT_MS = 1_000;

export interface HeartbeatSettings {
  readonly node: () => number;
  readonly leaseDuration: number;
  readonly report: () => NodeReport;
  /** The session to ask on; undefined is any connection. */
  readonly ask: SessionQuery | undefined;
}

export interface HeartbeatHooks {
  readonly beat: (tick: HeartbeatReply) => void;
  readonly missed: (error: unknown) => void;
}

/** Beats once a second: signs that the node is alive, and finds the nodes that aren't. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly nodes: NodeStore,
    private readonly settings: HeartbeatSettings,
    private readonly hooks: HeartbeatHooks,
  ) {}

  start(): void {
    this.timer = setTimeout(() => this.beatNow(), BEAT_MS);
  }

  /** Beats without waiting for the second to pass: somebody asks something of this node. */
  beatSoon(): void {
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
    const { node, leaseDuration, report, ask } = this.settings;
    try {
      const tick = await this.nodes.heartbeat(node(), GRACE_MS / 1000, leaseDuration / 1000, report(), ask);
      if (!this.stopped) this.hooks.beat(tick);
    } catch (error) {
      if (!this.stopped) this.hooks.missed(error);
    }
  }
}
