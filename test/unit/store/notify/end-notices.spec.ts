import { jest } from '@jest/globals';
import { v7 } from 'uuid';
import { EndNotices } from '../../../../lib/store/notify/end-notices.js';

/** What was sent, a list for each statement. */
function noting(): { ends: EndNotices; sent: string[][] } {
  const sent: string[][] = [];
  const ends = new EndNotices(async (texts) => {
    sent.push([...texts]);
    return Promise.resolve();
  });
  return { ends, sent };
}

const uuids = (count: number): string[] => Array.from({ length: count }, () => v7());

/** What is under way has been sent. */
const flushed = async (): Promise<void> => {
  await jest.advanceTimersByTimeAsync(10);
};

describe('the ends that other processes await', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('are told once, and those alone that somebody awaits', async () => {
    const { ends, sent } = noting();
    const [one, other] = uuids(2) as [string, string];
    ends.note([one]);
    ends.tell([one, other]);
    ends.tell([one, other]);
    await flushed();
    expect(sent).toEqual([[`{"ended":["${one}"]}`]]);
    expect(ends.size).toBe(0);
  });

  it('are forgotten after a minute, unless they are announced again', async () => {
    const { ends, sent } = noting();
    const [one, other] = uuids(2) as [string, string];
    ends.note([one, other]);
    jest.advanceTimersByTime(30_000);
    ends.note([other]);
    jest.advanceTimersByTime(31_000);
    ends.tell([one, other]);
    await flushed();
    expect(sent).toEqual([[`{"ended":["${other}"]}`]]);
    expect(ends.size).toBe(0);
  });

  it('are twenty thousand at most, the last ones', async () => {
    const { ends, sent } = noting();
    const [first, ...rest] = uuids(20_001) as [string, ...string[]];
    for (let at = -1; at < rest.length; at += 1) ends.note([rest[at] ?? first]);
    expect(ends.size).toBe(20_000);
    ends.tell([first, rest.at(-1) as string]);
    await flushed();
    expect(sent).toEqual([[`{"ended":["${rest.at(-1)}"]}`]]);
  });

  it('are told of unasked by a process that hears nobody, unless they are many', async () => {
    const { ends, sent } = noting();
    ends.tellUnasked(uuids(101));
    await flushed();
    expect(sent).toEqual([]);
    const few = uuids(100);
    ends.tellUnasked(few);
    await flushed();
    expect(sent).toEqual([[JSON.stringify({ ended: few })]]);
  });

  it('are announced in notifications that PostgreSQL takes, all in one statement', async () => {
    const { ends, sent } = noting();
    const many = uuids(1_000);
    const announced = ends.announce(many);
    await flushed();
    await announced;
    expect(sent).toHaveLength(1);
    const texts = sent[0] as string[];
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(7_900);
    expect(texts.flatMap((text) => (JSON.parse(text) as { awaits: string[] }).awaits)).toEqual(many);
  });

  it('do not reject where they can not be announced', async () => {
    const ends = new EndNotices(async () => Promise.reject(new Error('away')));
    const announced = ends.announce(uuids(1));
    await flushed();
    await expect(announced).resolves.toBeUndefined();
  });
});
