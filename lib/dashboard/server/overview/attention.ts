import { Injectable } from '@nestjs/common';
import { SharedRead } from '../../../common/shared-read.js';
import { AttentionReader } from '../../../inspect/attention/attention-reader.js';
import type { Attention as Found } from '../../../job/attention.js';
import type { WaitingLook } from '../../../store/stats/overview-store.js';
import type { AttentionItem } from '../../api/cluster.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** Looks are shared by all who ask within this many milliseconds. */
const FRESH_MS = 2_000;

/** What somebody has to do something about, as the page gets it. */
@Injectable()
export class Attention {
  private readonly look: SharedRead<{ items: AttentionItem[]; waiting: WaitingLook }>;

  constructor(store: DashboardStore) {
    const reader = new AttentionReader(store);
    this.look = new SharedRead(async () => {
      const { items, waiting } = await reader.read();
      return { items: items.map(toItem), waiting };
    }, FRESH_MS);
  }

  /** The items, and what waits longest. */
  async read(): Promise<{ items: AttentionItem[]; waiting: WaitingLook }> {
    return this.look.get();
  }
}

/** Dates as text. */
function toItem(found: Found): AttentionItem {
  if ('since' in found) return { ...found, since: found.since.toISOString() };
  if (!('by' in found)) return found;
  const { by } = found;
  return { ...found, by: by === null ? null : { actor: by.actor, date: by.date.toISOString() } };
}
