import { DataSource } from 'typeorm';
import type { RoundTrip, RoundTripReply } from '../../lib/store/claims/claim-store.js';
import { openStore } from '../../lib/store/open-store.js';
import type { Store } from '../../lib/store/store.js';
import { connectionFields } from './connection-fields.js';
import { throughPooler } from './pooler.js';

/** The store alone, without runner or application, for tests of the protocol itself. */
export async function openTestStore(url: string): Promise<{ store: Store; close: () => Promise<void> }> {
  const dataSource = await new DataSource(connectionFields(throughPooler(url))).initialize();
  const store = await openStore(dataSource, 'default', { schema: undefined, migrate: true });
  return {
    store,
    close: async () => {
      await store.close();
      await dataSource.destroy();
    },
  };
}

/** A node that is played by hand. */
export class PlayedNode {
  private cycles = 1;
  version = 0;

  private constructor(
    readonly store: Store,
    readonly id: number,
  ) {}

  static async register(store: Store): Promise<PlayedNode> {
    const { id } = await store.nodes.register({ name: 'played', listens: true, concurrency: 10, lease: 15 });
    const node = new PlayedNode(store, id);
    await node.resync([]);
    return node;
  }

  async resync(running: readonly string[]): Promise<void> {
    this.version = (await this.store.claims.resync(this.id, running, []))?.version ?? 0;
  }

  /** A round trip: by default it asks for ten jobs of any `Recorder` method and brings nothing. */
  cycle(given: Partial<RoundTrip> = {}): Promise<RoundTripReply> {
    return this.store.claims.roundTrip(this.parameters(given));
  }

  parameters(given: Partial<RoundTrip> = {}): RoundTrip {
    return {
      node: this.id,
      version: this.version,
      done: [],
      ends: [],
      closedClaims: [],
      free: new Map(),
      starts: [],
      promote: false,
      slots: 10,
      prefetch: new Map(),
      prefetchMost: null,
      names: ['Recorder.work', 'Recorder.noop'],
      only: null,
      id: this.cycles++,
      marks: [],
      ...given,
    };
  }
}

export const doneNow = ({ uuid, retry }: { uuid: string; retry: number }, result: string | null = null) => ({
  uuid,
  retry,
  result,
  started: 1,
  ended: 0,
});
