import type { ClaimStore } from '../../store/claims/claim-store.js';
import type { WorkerPool } from '../slots/worker-pool.js';
import type { ClaimLoopHooks } from './claim-loop.hooks.js';
import type { RoundTrips } from './round-trips.js';

/** Between two checks whether this node knows all jobs that the database says it has, in milliseconds. */
const AUDIT_MS = 10_000;

/** Brings what the node knows and what the database has recorded for it into agreement, after answers that were lost. */
export class Resync {
  /** The jobs that the database says this node has are to be compared with those it knows. */
  auditDue = false;
  private auditedAt = performance.now();

  constructor(
    private readonly pool: WorkerPool,
    private readonly store: ClaimStore,
    private readonly roundTrips: RoundTrips,
    private readonly hooks: ClaimLoopHooks,
  ) {}

  /** Returns false if the last audit was a moment ago. */
  requestAudit(): boolean {
    if (performance.now() - this.auditedAt < AUDIT_MS) return false;
    this.auditDue = true;
    return true;
  }

  /** One round trip; if the others have given this node up, it registers again, and the result is false. */
  async settle(claims: boolean): Promise<boolean> {
    if (await this.roundTrips.settle(claims)) return true;
    await this.reregister();
    return false;
  }

  /**
   * Writes what ended, gives back prefetched jobs and those that the node doesn't know it has (the answer to a claim was
   * lost), and has its permits counted again. Returns whether the node and the database agree now.
   */
  async resync(): Promise<boolean> {
    this.pool.giveBack(0);
    const { lost, node } = this.roundTrips;
    if (lost > 0) await this.store.voidRoundTrip(node, lost);
    if (!(await this.settle(false))) return false;
    if (lost > 0) {
      const held = await this.store.heldJobs(node);
      const unknown = this.pool.giveBackUnknown(held);
      await this.roundTrips.send(unknown, [], this.pool.openClaims.unknown(held), false);
      if (this.roundTrips.lost === lost) this.roundTrips.lost = 0;
    }
    const { running, unstarted } = this.pool.beginResync();
    const map = await this.store.resync(node, running, unstarted);
    if (map === null) {
      await this.reregister();
      return false;
    }
    this.pool.resync(map);
    this.roundTrips.synced = true;
    return true;
  }

  /**
   * Gives back jobs that the database says this node has and that it doesn't know; returns whether there were any. No round
   * trip is under way, so what the database says and what is here are of one moment.
   */
  async audit(): Promise<boolean> {
    this.auditDue = false;
    this.auditedAt = performance.now();
    const unknown = this.pool.giveBackUnknown(await this.store.heldJobs(this.roundTrips.node));
    if (unknown.length === 0) return false;
    await this.roundTrips.send(unknown, [], [], false);
    this.hooks.orphans(unknown.map(({ uuid }) => uuid));
    this.roundTrips.synced = false;
    return true;
  }

  private async reregister(): Promise<void> {
    this.roundTrips.node = await this.hooks.reregister();
    this.roundTrips.lost = 0;
    this.roundTrips.synced = false;
  }
}
