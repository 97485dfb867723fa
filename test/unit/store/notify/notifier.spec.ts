import { jest } from '@jest/globals';
import type { QueueDatabase } from '../../../../lib/store/connection/database.js';
import type { Tables } from '../../../../lib/store/connection/tables.js';
import { Wake } from '../../../../lib/store/notify/notifier.js';

/** What was sent alone, and what went along. */
function listening(told: boolean): { wake: Wake; heard: string[]; call: () => Promise<unknown> } {
  const heard: string[] = [];
  const note = (payload: string): number => heard.push(payload.slice(payload.indexOf(' ') + 1));
  const database = { run: async (_: unknown, [, payload]: string[]) => (note(payload as string), []) };
  const wake = new Wake(database as unknown as QueueDatabase, { notifications: 'x' } as Tables);
  const call = (): Promise<unknown> =>
    wake.ride(async (notice) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (told && notice !== null) note(notice);
      return { told: told && notice !== null };
    });
  return { wake, heard, call };
}

describe('a notification that calls take along', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('has all that is to be told, and goes with the next call that may', async () => {
    const { wake, heard, call } = listening(true);
    await call();
    wake.tell({ nodes: true });
    // Past the gap, but before it would go alone.
    jest.advanceTimersByTime(4);
    await call();
    expect(heard).toEqual(['{"ready":true}', '{"nodes":true,"ready":true}']);
    jest.advanceTimersByTime(10);
    await wake.close();
  });

  it('goes alone where the call could not take it along', async () => {
    const { wake, heard, call } = listening(false);
    await call();
    wake.tell({ nodes: true });
    jest.advanceTimersByTime(10);
    await wake.close();
    expect(heard).toEqual(['{"nodes":true}']);
  });

  it('stays behind where it is too long, and then says less by itself', async () => {
    const { wake, heard, call } = listening(true);
    await call();
    wake.tell({ cancel: Array.from({ length: 500 }, () => '01a20fa5-939d-76c3-844c-02f7cc49b7fe') });
    jest.advanceTimersByTime(4);
    await call();
    jest.advanceTimersByTime(10);
    await wake.close();
    expect(heard).toEqual(['{"ready":true}', '{"ready":true,"config":true,"nodes":true}']);
  });
});
