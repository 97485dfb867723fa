import { Roster } from '../../../../lib/runner/claiming/roster.js';
import type { RosterGroup } from '../../../../lib/store/nodes/heartbeat.types.js';
import type { ReadyJobs } from '../../../../lib/store/notify/ready-jobs.js';

const NAMES = ['Mails.send'];
const group = (ids: readonly number[], changed: Partial<RosterGroup> = {}): RosterGroup => ({
  names: NAMES,
  channels: null,
  nodes: ids.map((id) => [id, 10] as const),
  ...changed,
});

/** The list as each of these nodes sees it. */
function rosters(ids: readonly number[], groups: readonly RosterGroup[]): Roster[] {
  return ids.map((id) => {
    const { names, channels } = groups.find(({ nodes }) => nodes.some(([one]) => one === id)) ?? group([]);
    const roster = new Roster({ node: () => id, slots: 10, names: names ?? [], channels });
    roster.learn({ version: 1, groups });
    return roster;
  });
}

const mail = (changed: Partial<ReadyJobs> = {}): ReadyJobs => ({
  count: 1,
  lot: 7,
  uuid: 'x',
  name: 'Mails.send',
  channel: 'root.mail',
  ...changed,
});

describe('the nodes that come for jobs', () => {
  const IDS = Array.from({ length: 24 }, (_, at) => at + 1);

  it('are the same to every node: one for one job, with two stand-ins', () => {
    for (let lot = 0; lot < 100; lot += 1) {
      const plans = rosters(IDS, [group(IDS)]).map((roster) => roster.plan(mail({ lot })));
      const [plan] = plans;
      expect(plans).toEqual(plans.map(() => plan));
      expect(plan?.chosen.size).toBe(1);
      expect(plan?.standIns.length).toBe(2);
      expect(plan?.standIns.some((id) => plan.chosen.has(id))).toBe(false);
    }
  });

  it('take turns', () => {
    const [roster] = rosters(IDS, [group(IDS)]);
    const counts = new Map<number, number>();
    for (let lot = 0; lot < 24_000; lot += 1)
      for (const id of roster?.plan(mail({ lot }))?.chosen ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(counts.size).toBe(24);
    expect(Math.min(...counts.values())).toBeGreaterThan(500);
  });

  it('have slots for all of them', () => {
    const [roster] = rosters(IDS, [group(IDS)]);
    expect(roster?.plan(mail({ count: 10 }))?.chosen.size).toBe(1);
    expect(roster?.plan(mail({ count: 11 }))?.chosen.size).toBe(2);
    expect(roster?.plan(mail({ count: 10_000 }))?.chosen.size).toBe(24);
  });

  it('know the job function and serve the channel', () => {
    const groups = [
      group([1], { names: ['Other.run'] }),
      group([2, 3], { channels: ['root.sms'] }),
      group([4], { channels: ['root.mail'] }),
      group([5], { names: null }),
    ];
    const all = rosters([1, 2, 3, 4, 5], groups).map((roster) => roster.plan(mail()));
    expect(all.map((plan) => [...(plan?.chosen ?? [])])).toEqual([[], [], [], [4], []]);
  });

  it('include the one that has room in the process of the caller', () => {
    for (const roster of rosters(IDS, [group(IDS)])) {
      const plan = roster.plan(mail({ first: 9 }));
      expect([...(plan?.chosen ?? [])]).toEqual([9]);
      expect(plan?.standIns).toEqual([1, 2]);
    }
  });

  it('are one of each kind for jobs of which only their number is known', () => {
    const groups = [group([1, 2]), group([3, 4], { names: ['Other.run'] })];
    const chosen = rosters([1, 2, 3, 4], groups).map((roster) => [
      ...(roster.plan({ count: 1, lot: 3 })?.chosen ?? []),
    ]);
    expect(chosen[0]).toEqual(chosen[1]);
    expect(chosen[2]).toEqual(chosen[3]);
    expect([1, 2]).toContain(chosen[0]?.[0]);
    expect([3, 4]).toContain(chosen[2]?.[0]);
  });

  it('are not those that have no room; after two of these, all others are', () => {
    const [roster] = rosters([1, 2, 3, 4], [group([1, 2, 3, 4])]);
    expect([...(roster?.plan(mail({ first: 2, passed: [2] }))?.chosen ?? [])]).not.toContain(2);
    roster?.setFull([1, 3, 4]);
    expect([...(roster?.plan(mail()) ?? { chosen: [] }).chosen]).toEqual([2]);
    const everybody = roster?.plan(mail({ passed: [2, 3] }));
    expect(everybody).toMatchObject({ everybody: true, standIns: [] });
    expect(everybody?.chosen.size).toBe(4);
  });

  it('are all of them where none is left', () => {
    const [roster] = rosters([1, 2], [group([1, 2])]);
    roster?.setFull([1, 2]);
    expect(roster?.plan(mail())).toMatchObject({ everybody: true });
  });

  it('are a node alone as long as it knows no other', () => {
    const roster = new Roster({ node: () => 5, slots: 10, names: NAMES, channels: null });
    expect([...(roster.plan(mail()) ?? { chosen: [] }).chosen]).toEqual([5]);
    expect(roster.place).toBe(0);
    expect(roster.uniform).toBe(false);
  });

  it('are those that starve, where permits have come back', () => {
    const [one, two] = rosters([1, 2], [group(IDS)]);
    for (const roster of [one, two]) roster?.setStarved(2, ['root.mail'], 1_000);
    const freed = mail({ freed: ['root.mail'] });
    expect(one?.plan(freed)).toBeNull();
    expect([...(two?.plan(freed)?.chosen ?? [])]).toEqual([2]);
    expect(two?.plan(mail({ freed: ['root.sms'] }))).toBeNull();
    expect(one?.anyStarved(['root', 'root.mail'])).toBe(true);
    expect(one?.anyStarved(['root'])).toBe(false);
  });

  it('know their place among those that can do the same', () => {
    const groups = [group([2, 4, 6]), group([1, 3], { names: ['Other.run'] })];
    const places = rosters([1, 2, 3, 4, 6], groups).map(({ place }) => place);
    expect(places).toEqual([0, 0, 1, 1, 2]);
  });
});
