import { Injectable } from '@nestjs/common';
import { DashboardStore } from './dashboard.store.js';

/** The clock by which jobs have their dates: that of this process may go wrong. */
@Injectable()
export class DatabaseClock {
  constructor(private readonly store: DashboardStore) {}

  /** The time by which to read a filter. The database is asked only if the filter counts from now. */
  async for(filter: unknown): Promise<Date> {
    const given = typeof filter === 'object' && filter !== null ? filter : {};
    return 'since' in given || 'until' in given ? this.store.jobs.now() : new Date();
  }
}
