import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { QueueParts } from '../../../services/queue-parts.js';
import { Store } from '../../../store/store.js';

/** The store on connections of its own: whatever is looked at here, it can't keep a job from starting or ending. */
@Injectable()
export class DashboardStore extends Store implements OnApplicationShutdown {
  constructor({ store }: QueueParts) {
    super(store.dataSource, store.tables, store.defaults, store.quietly);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
