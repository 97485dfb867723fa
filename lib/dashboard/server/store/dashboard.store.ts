import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { QueueParts } from '../../../services/queue-parts.js';
import { JobGrouping } from '../../../store/jobs/job-groups.js';
import { JobSorting } from '../../../store/jobs/job-sorting.js';
import { Store } from '../../../store/store.js';

/** The store on connections of its own: whatever is looked at here, it can't keep a job from starting or ending. */
@Injectable()
export class DashboardStore extends Store implements OnApplicationShutdown {
  readonly grouping: JobGrouping;
  readonly sorting: JobSorting;

  constructor({ store }: QueueParts) {
    super(store.dataSource, store.tables, store.defaults, store.quietly);
    this.grouping = new JobGrouping(this.database, this.tables);
    this.sorting = new JobSorting(this.database, this.tables);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
