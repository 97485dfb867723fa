import { Injectable } from '@nestjs/common';
import type { StateCounts } from '../../api/cluster.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** Nobody asks for them more often, in milliseconds. */
const FRESH_MS = 900;

/** How many jobs are in each state: counted once for all who ask within the same second. */
@Injectable()
export class Counts {
  private latest: Promise<StateCounts> | null = null;
  private at = -Infinity;

  constructor(private readonly store: DashboardStore) {}

  async read(): Promise<StateCounts> {
    const now = performance.now();
    if (this.latest === null || now - this.at > FRESH_MS) {
      this.at = now;
      this.latest = this.store.overview.counts();
      // The next one asks again.
      this.latest.catch(() => (this.latest = null));
    }
    return this.latest;
  }
}
