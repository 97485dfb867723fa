import type { ChannelStore } from '../store/channels/channel-store.js';

/**
 * Makes the channels of jobs: before the jobs, and not in the caller's transaction, which would hold others up. Calls
 * made in one go wait for one and the same answer, so they go on in their order.
 */
export class KnownChannels {
  private readonly known = new Map<string, Promise<void>>();

  constructor(private readonly channels: ChannelStore) {}

  async ensure(jobs: readonly { readonly channel: string }[]): Promise<void> {
    const names = [...new Set(jobs.map(({ channel }) => channel))];
    const missing = names.filter((name) => !this.known.has(name));
    if (missing.length > 0) {
      const made = this.channels.ensure(missing).catch((error: unknown) => {
        for (const name of missing) this.known.delete(name);
        throw error;
      });
      for (const name of missing) this.known.set(name, made);
    }
    // All at once: one that fails while another is awaited first would be a rejection that nobody handles.
    await Promise.all(names.map(async (name) => this.known.get(name)));
  }
}
