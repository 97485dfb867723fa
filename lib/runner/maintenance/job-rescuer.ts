import type { HeartbeatReply } from '../../store/nodes/heartbeat.types.js';
import type { NodeStore } from '../../store/nodes/node-store.js';
import type { RescuedAttempt } from '../../store/nodes/rescued-attempt.js';
import type { FollowUpStore } from '../../store/graphs/follow-up-store.js';
import type { JobEvents } from '../../store/notify/job-events.js';
import type { Notifier } from '../../store/notify/notifier.js';
import { rescueEvent } from '../reporting/attempt-events.js';
import type { NodeLog } from '../reporting/node-log.js';
import type { StatsRecorder } from '../reporting/stats-recorder.js';
import { GRACE_MS } from '../runner.settings.js';

export interface JobRescuerParts {
  readonly nodes: NodeStore;
  readonly followUps: FollowUpStore;
  readonly notifier: Notifier;
  readonly log: NodeLog;
  readonly books: StatsRecorder;
  readonly events: JobEvents;
  readonly node: () => number;
  readonly trouble: (error: unknown) => void;
}

/** Gives back the jobs of dead nodes, jobs that nobody would ever end, and what a process that died has left to be done. */
export class JobRescuer {
  private looking = false;

  constructor(private readonly parts: JobRescuerParts) {}

  /** What a heartbeat has found. */
  follow(tick: HeartbeatReply): void {
    for (const dead of tick.dead) void this.rescue(dead);
    if (tick.followUp) void this.followUp();
    if (!tick.orphans || this.looking) return;
    this.looking = true;
    void this.rescueOrphans().finally(() => (this.looking = false));
  }

  private async rescue(dead: number): Promise<void> {
    const { nodes, notifier, log, node } = this.parts;
    const attempts = await this.tried(() => nodes.rescue(dead, GRACE_MS / 1000));
    if (attempts === undefined || attempts === null) return;
    this.gaveBack(attempts, dead);
    log.rescued(node(), dead, attempts.length);
    notifier.publish({ ready: true });
  }

  /** See the function in the database for what an orphan is. */
  private async rescueOrphans(): Promise<void> {
    const { nodes, notifier, log, node } = this.parts;
    for (const { node: lost, attempts } of (await this.tried(() => nodes.rescueOrphans())) ?? []) {
      this.gaveBack(attempts, lost);
      const uuids = attempts.map(({ uuid }) => uuid);
      log.orphans(node(), lost, uuids);
      // That node has their permits booked, too: it counts again.
      notifier.publish({ config: true, ready: true });
    }
  }

  private gaveBack(attempts: readonly RescuedAttempt[], node: number): void {
    const { books, events } = this.parts;
    books.rescued(attempts);
    const ended = attempts.filter(({ kind }) => kind === 'failed' || kind === 'cancelled');
    if (events.wanted) events.emit(attempts.flatMap((attempt) => rescueEvent(attempt, node) ?? []));
    // One that waits for a pause after repeated deaths has an eta.
    this.parts.notifier.publish({ dueIn: 0, ended: ended.map(({ uuid }) => uuid) });
  }

  /** The process whose transaction has left it may have died. */
  private async followUp(): Promise<void> {
    if (await this.parts.followUps.run().catch(() => false))
      this.parts.notifier.publish({ ready: true, dueIn: 0 });
  }

  private async tried<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.parts.trouble(error);
      return undefined;
    }
  }
}
