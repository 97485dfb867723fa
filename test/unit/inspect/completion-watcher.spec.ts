import { jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { CompletionWatcher } from '../../../lib/inspect/completion-watcher.js';
import type { Notifier } from '../../../lib/store/notify/notifier.js';
import type { NotifierMessage } from '../../../lib/store/notify/notifier-message.js';

interface Row {
  readonly uuid: string;
  readonly ended: boolean;
}

/** A watcher whose table is `rows`, and what it did, in order. */
function watching(hears: boolean) {
  const rows = new Map<string, Row>();
  const did: string[] = [];
  const messages = new Subject<NotifierMessage>();
  const announce = async (uuids: readonly string[]): Promise<void> => {
    did.push(`announces ${uuids.join()}`);
    return Promise.resolve();
  };
  const notifier = { messages, hearsOthers: () => hears, ends: { announce } };
  const watcher = new CompletionWatcher<Row>(
    {
      what: 'Job',
      find: async (uuids) => {
        did.push(`looks at ${uuids.join()}`);
        return Promise.resolve(uuids.flatMap((uuid) => rows.get(uuid) ?? []));
      },
      hasEnded: ({ ended }) => ended,
      notFound: (uuid) => new Error(`no ${uuid}`),
    },
    notifier as unknown as Notifier,
    true,
  );
  return { watcher, rows, did, messages };
}

const pass = async (ms: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(ms);
};

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('who waits for the end of a job', () => {
  it('tells the nodes before it looks, so that no end falls between', async () => {
    const { watcher, rows, did } = watching(true);
    rows.set('a', { uuid: 'a', ended: true });
    const waiting = watcher.ended('a', undefined);
    await pass(1);
    await waiting;
    expect(did).toEqual(['announces a', 'looks at a']);
  });

  it('looks at a job when it is notified of it, and at no other', async () => {
    const { watcher, rows, did, messages } = watching(true);
    for (const uuid of ['a', 'b']) rows.set(uuid, { uuid, ended: false });
    const waiting = watcher.ended('a', undefined);
    void watcher.ended('b', undefined).catch(() => undefined);
    await pass(1);
    did.length = 0;
    rows.set('a', { uuid: 'a', ended: true });
    messages.next({ ended: ['a', 'c'] });
    await pass(1);
    await expect(waiting).resolves.toEqual({ uuid: 'a', ended: true });
    expect(did).toEqual(['looks at a']);
    expect(watcher.size).toBe(1);
    watcher.close();
  });

  it('polls every two seconds where it hears the others, and twice a second where it does not', async () => {
    for (const [hears, most] of [
      [true, 35],
      [false, 125],
    ] as const) {
      const { watcher, rows, did } = watching(hears);
      rows.set('a', { uuid: 'a', ended: false });
      const waiting = watcher.ended('a', undefined).catch(() => undefined);
      await pass(60_000);
      const looks = did.filter((one) => one.startsWith('looks')).length;
      expect(looks).toBeLessThanOrEqual(most);
      expect(looks).toBeGreaterThan(most - 10);
      watcher.close();
      await waiting;
    }
  });

  it('is announced again before the nodes forget it, and to one that has just started', async () => {
    const { watcher, rows, did, messages } = watching(true);
    rows.set('a', { uuid: 'a', ended: false });
    const waiting = watcher.ended('a', undefined).catch(() => undefined);
    await pass(59_000);
    const announced = (): number => did.filter((one) => one === 'announces a').length;
    expect(announced()).toBe(3);
    messages.next({ eventTalk: 'asking' });
    await pass(1);
    expect(announced()).toBe(4);
    watcher.close();
    await waiting;
  });

  it('leaves nothing behind when its time is over', async () => {
    const { watcher, rows } = watching(true);
    rows.set('a', { uuid: 'a', ended: false });
    const waiting = watcher.ended('a', 100).catch((error: unknown) => error);
    await pass(101);
    expect(await waiting).toMatchObject({ message: 'Job a has not ended within 100 ms' });
    expect(watcher.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
