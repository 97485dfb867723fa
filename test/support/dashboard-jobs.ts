import { Injectable } from '@nestjs/common';
import { currentJob, FailedJobError, Job, RelatedAction } from '../../lib/index.js';

/** Jobs to be looked at. */
@Injectable()
export class Desk {
  @Job()
  @RelatedAction({ action: 'open', kwargs: { tab: 'lines' } })
  async write(...args: unknown[]): Promise<unknown> {
    return { written: args.length };
  }

  @Job({ defaultChannel: 'mail', priority: 3, timeout: '90 s' })
  async mail(_to: string): Promise<void> {
    currentJob().log('Connecting', { host: 'mx', password: 'hunter2' });
    throw new FailedJobError('No such mailbox', { cause: new TypeError('550') });
  }

  open(_job: unknown, { tab }: { tab: string }) {
    return { label: 'The paper', url: `/papers/1?tab=${tab}` };
  }
}
