import { PeriodicTask } from '../../common/periodic-task.js';
import type { HeartbeatReply, NodeReport } from '../../store/nodes/heartbeat.types.js';
import type { NodeStore, SessionQuery } from '../../store/nodes/node-store.js';
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

/** Beats once a second: shows that the node is alive, and finds the nodes that aren't. */
export class Heartbeat {
  private readonly beats: PeriodicTask;

  constructor(
    private readonly nodes: NodeStore,
    private readonly settings: HeartbeatSettings,
    private readonly hooks: HeartbeatHooks,
  ) {
    this.beats = new PeriodicTask(async () => this.beat(), {
      every: BEAT_MS,
      keepsProcessAlive: true,
      onError: (error) => {
        if (!this.beats.stopped) this.hooks.missed(error);
      },
    });
  }

  start(): void {
    this.beats.start();
  }

  /** Beats now, or once more after the beat under way: this node has a command. */
  beatSoon(): void {
    this.beats.runNow();
  }

  async stop(): Promise<void> {
    await this.beats.stop();
  }

  private async beat(): Promise<void> {
    const { node, leaseDuration, report, ask } = this.settings;
    const tick = await this.nodes.heartbeat(node(), GRACE_MS / 1000, leaseDuration / 1000, report(), ask);
    if (!this.beats.stopped) this.hooks.beat(tick);
  }
}
