import { Injectable } from '@nestjs/common';
import { FailedJobError, Job, RelatedAction } from '../../lib/index.js';
import { Gate } from './gate.js';

/** What must never become markup, a link or a script, wherever the page shows it. */
export const HOSTILE = `<img src=x onerror="hacked=1">"><script>hacked=1</script>`;
export const SCRIPT_LINK = 'javascript:hacked=1';

/** Jobs to be looked at while they run, wait and fail. */
@Injectable()
export class PrintShop {
  /** Until it is opened, {@link bind} goes on. */
  gate = new Gate();
  hasPaper = false;

  @Job()
  async bind(_book: string): Promise<void> {
    await this.gate.opened;
  }

  @Job({ defaultChannel: 'press' })
  async print(sheet: string): Promise<string> {
    if (!this.hasPaper) throw new FailedJobError(`No paper for\nthe sheet`);
    return `${sheet} is printed`;
  }

  @Job({ defaultChannel: 'nobody' })
  @RelatedAction({ action: 'open' })
  async fold(_paper: unknown): Promise<void> {
    return Promise.resolve();
  }

  @Job({ defaultChannel: 'nobody' })
  @RelatedAction({ action: 'openScript' })
  async charge(_payment: { customer: string; card: string }): Promise<void> {
    return Promise.resolve();
  }

  @Job()
  async explode(_text: string, _link: string): Promise<void> {
    throw Object.assign(new TypeError(HOSTILE), { name: HOSTILE });
  }

  open() {
    return { label: HOSTILE, url: '/papers/1?tab=lines' };
  }

  openScript() {
    return { label: 'Look', url: SCRIPT_LINK };
  }
}
