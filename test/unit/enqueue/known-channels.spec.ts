import { KnownChannels } from '../../../lib/enqueue/known-channels.js';
import type { ChannelStore } from '../../../lib/store/channels/channel-store.js';

const of = (...channels: string[]): { channel: string }[] => channels.map((channel) => ({ channel }));

describe('channels that calls use for the first time', () => {
  it('refuse each call while the database is away, and no promise is left to nobody', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const asked: string[][] = [];
    const ensure = async (names: string[]): Promise<void> => {
      asked.push(names);
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('The database is away');
    };
    const channels = new KnownChannels({ ensure } as unknown as ChannelStore);
    const calls = [channels.ensure(of('a')), channels.ensure(of('a', 'b')), channels.ensure(of('b', 'c'))];
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    expect(asked).toEqual([['a'], ['b'], ['c']]);
    // What failed is asked for again.
    await expect(channels.ensure(of('a'))).rejects.toThrow('The database is away');
    expect(asked).toHaveLength(4);
  });
});
