import { jest } from '@jest/globals';
import { Responder } from '../../../../lib/runner/claiming/responder.js';
import { Roster } from '../../../../lib/runner/claiming/roster.js';
import type { NotifierMessage } from '../../../../lib/store/notify/notifier-message.js';
import type { ReadyJobs } from '../../../../lib/store/notify/ready-jobs.js';

const JOBS: ReadyJobs = { count: 1, lot: 7, uuid: 'x', name: 'Mails.send', channel: 'root' };
const OUTCOME = { slots: 10, claimed: 0, filled: false, promoted: false, freed: new Map() };

/** One node of four, of ten slots each, and what it does. */
class Responding {
  readonly claims: number[] = [];
  readonly published: NotifierMessage[] = [];
  looks = 0;
  later = 0;
  room = true;
  waiting: readonly string[] = [];
  limited = false;
  readonly roster: Roster;
  readonly responder: Responder;

  constructor(id: number, nodes = [1, 2, 3, 4]) {
    this.roster = new Roster({ node: () => id, slots: 10, names: ['Mails.send'], channels: null });
    const groups = [
      { names: ['Mails.send'], channels: null, nodes: nodes.map((node) => [node, 10] as const) },
    ];
    this.roster.learn({ version: 1, groups });
    this.responder = new Responder(() => id, 10, this.roster, {
      hasRoom: () => this.room,
      claim: () => void this.claims.push(performance.now()),
      claimLater: () => void (this.later += 1),
      publish: (message) => void this.published.push(message),
      stillWaiting: async () => {
        this.looks += 1;
        return Promise.resolve(this.waiting);
      },
      isLimited: () => this.limited,
    });
  }
}

describe('a node that is notified of jobs', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('comes if it is chosen', () => {
    const node = new Responding(2);
    node.responder.receive([{ ...JOBS, first: 2 }]);
    expect(node.claims.length).toBe(1);
    expect(node.published).toEqual([]);
  });

  it('passes them on if it has no room, and comes once it has', () => {
    const node = new Responding(2);
    node.room = false;
    node.responder.receive([{ ...JOBS, first: 2 }]);
    expect(node.claims).toEqual([]);
    expect(node.later).toBe(1);
    expect(node.published).toEqual([{ jobs: [{ ...JOBS, first: 2, passed: [2] }], full: [2] }]);
  });

  it('passes nothing on where it is alone', () => {
    const node = new Responding(2, [2]);
    node.room = false;
    node.responder.receive([JOBS]);
    expect(node.published).toEqual([]);
    expect(node.later).toBe(1);
  });

  it.each([
    ['the first stand-in looks within 50 ms', 1, 50],
    ['the second within 150 ms', 3, 150],
  ])('%s, and comes if they still wait', async (_, id, wait) => {
    const node = new Responding(id);
    node.waiting = ['x'];
    node.responder.receive([{ ...JOBS, first: 2 }]);
    expect(node.claims).toEqual([]);
    await jest.advanceTimersByTimeAsync(wait);
    expect(node.looks).toBe(1);
    expect(node.claims.length).toBe(1);
  });

  it('does nothing as a stand-in if they were claimed, and looks once for many', async () => {
    const node = new Responding(1);
    for (let at = 0; at < 50; at += 1) node.responder.receive([{ ...JOBS, lot: at, first: 2 }]);
    await jest.advanceTimersByTimeAsync(500);
    expect(node.looks).toBe(1);
    expect(node.claims).toEqual([]);
    expect(node.published).toEqual([]);
  });

  it('tells as a stand-in which nodes did not come, so that nobody waits for them at once again', async () => {
    const node = new Responding(3);
    node.waiting = ['x'];
    node.responder.receive([{ ...JOBS, first: 2 }]);
    await jest.advanceTimersByTimeAsync(150);
    // The first stand-in was to come as well.
    expect(node.published).toEqual([{ full: [2, 1] }]);
    expect([...(node.roster.plan({ ...JOBS, first: 2 })?.chosen ?? [])]).not.toContain(2);
  });

  it('blames nobody below a limit, where a permit may be missing', async () => {
    const node = new Responding(1);
    [node.waiting, node.limited] = [['x'], true];
    node.responder.receive([{ ...JOBS, first: 2 }]);
    await jest.advanceTimersByTimeAsync(50);
    expect(node.claims.length).toBe(1);
    expect(node.published).toEqual([]);
  });

  it('has others come if it is a stand-in and has no room itself', async () => {
    const node = new Responding(1);
    [node.waiting, node.room] = [['x'], false];
    node.responder.receive([{ ...JOBS, first: 2 }]);
    await jest.advanceTimersByTimeAsync(50);
    expect(node.published).toEqual([
      { full: [2] },
      { jobs: [{ ...JOBS, first: 2, passed: [2, 1] }], full: [2, 1] },
    ]);
  });

  it('does nothing if it is neither chosen nor a stand-in', async () => {
    const node = new Responding(4);
    node.responder.receive([{ ...JOBS, first: 2 }]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([node.looks, node.later, node.claims.length, node.published.length]).toEqual([0, 0, 0, 0]);
  });

  it('has others come for what it was counted on and could not take', () => {
    const node = new Responding(2);
    node.responder.receive([{ ...JOBS, count: 10, first: 2 }]);
    node.responder.claimed({ ...OUTCOME, slots: 3, claimed: 3, filled: true }, true);
    expect(node.published).toEqual([{ jobs: [{ count: 7, passed: [2] }] }]);
  });

  it('has nobody come if it took what it was counted on, whatever else is ready', () => {
    const node = new Responding(2);
    node.responder.receive([{ ...JOBS, first: 2 }]);
    node.responder.claimed({ ...OUTCOME, slots: 1, claimed: 1, filled: true }, true);
    node.responder.claimed({ ...OUTCOME, slots: 1, claimed: 1, filled: true }, true);
    expect(node.published).toEqual([]);
  });

  it('says so more and more seldom while it stays full, and at once after that', () => {
    const node = new Responding(2);
    const fill = (): void => {
      node.responder.receive([{ count: 1, first: 2 }]);
      node.responder.claimed({ ...OUTCOME, claimed: 10, filled: true }, true);
    };
    for (let ms = 0; ms < 10_000; ms += 10) {
      fill();
      jest.advanceTimersByTime(10);
    }
    expect(node.published.length).toBeLessThan(15);
    const { length } = node.published;
    node.responder.claimed(OUTCOME, false);
    fill();
    expect(node.published.length).toBe(length + 1);
  });
});
