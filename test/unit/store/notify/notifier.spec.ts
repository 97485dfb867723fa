import { jest } from '@jest/globals';
import type { QueueDatabase } from '../../../../lib/store/connection/database.js';
import type { Tables } from '../../../../lib/store/connection/tables.js';
import { Notifier } from '../../../../lib/store/notify/notifier.js';

/** The notification of a call. */
const CALL = '{"jobs":[{"count":1,"lot":5}]}';

/** What was sent alone, and what went along. */
function listening(notified: boolean): { notifier: Notifier; heard: string[]; call: () => Promise<unknown> } {
  const heard: string[] = [];
  const note = (payload: string): number => heard.push(payload.slice(payload.indexOf(' ') + 1));
  const database = { run: async (_: unknown, [, payload]: string[]) => (note(payload as string), []) };
  const notifier = new Notifier(database as unknown as QueueDatabase, { notifications: 'x' } as Tables);
  const call = (): Promise<unknown> =>
    notifier.attach([{ count: 1, lot: 5 }], async (notification) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (notified && notification !== null) note(notification);
      return { notified: notified && notification !== null };
    });
  return { notifier, heard, call };
}

describe('a notification that calls take along', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('has all that is to be told, and goes with the next call that may', async () => {
    const { notifier, heard, call } = listening(true);
    await call();
    notifier.publish({ nodes: true });
    // Past the gap, but before it would go alone.
    jest.advanceTimersByTime(4);
    await call();
    expect(heard).toEqual([CALL, '{"nodes":true,"jobs":[{"count":1,"lot":5}]}']);
    jest.advanceTimersByTime(10);
    await notifier.close();
  });

  it('goes alone where the call could not take it along', async () => {
    const { notifier, heard, call } = listening(false);
    await call();
    notifier.publish({ nodes: true });
    jest.advanceTimersByTime(10);
    await notifier.close();
    expect(heard).toEqual(['{"nodes":true}']);
  });

  it('is measured in bytes, of which a letter may have several', async () => {
    const { notifier, heard, call } = listening(true);
    await call();
    const channels = Array.from({ length: 30 }, (_, at) => `root.${'канал'.repeat(30)}${at}`);
    notifier.publish({ starved: [{ node: 7, channels }] });
    jest.advanceTimersByTime(4);
    await call();
    jest.advanceTimersByTime(10);
    await notifier.close();
    expect(heard).toEqual([CALL, '{"ready":true,"config":true,"nodes":true}']);
  });

  it('stays behind where it is too long, and then says less by itself', async () => {
    const { notifier, heard, call } = listening(true);
    await call();
    notifier.publish({ cancel: Array.from({ length: 500 }, () => '01a20fa5-939d-76c3-844c-02f7cc49b7fe') });
    jest.advanceTimersByTime(4);
    await call();
    jest.advanceTimersByTime(10);
    await notifier.close();
    expect(heard).toEqual([CALL, '{"ready":true,"config":true,"nodes":true}']);
  });
});
