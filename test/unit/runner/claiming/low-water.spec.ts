import { LowWater } from '../../../../lib/runner/claiming/low-water.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';

const jobs = (first: number, last: number, channel = 'root', priority = 10): ClaimedJob[] =>
  Array.from({ length: last - first + 1 }, (_, at) => ({ channel, priority, seq: first + at }) as ClaimedJob);

/** A claim at `now` that gets these jobs. */
function claim(water: LowWater, now: number, got: ClaimedJob[], walked?: number): { swept: boolean } {
  const swept = water.at(now) === null;
  water.learn(got, walked, swept, now);
  return { swept };
}

const MANY = 50_000;

describe('low-water marks', () => {
  it('are not there as long as claims read little in vain: each looks at everything', () => {
    const water = new LowWater();
    for (let now = 0; now < 5_000; now += 100) {
      expect(claim(water, now, jobs(now, now + 99)).swept).toBe(true);
    }
    expect(water.active).toBe(false);
    expect(water.sweepDue(10_000)).toBe(false);
  });

  it('follow what was claimed a quarter of a second ago and longer, by channel and priority', () => {
    const water = new LowWater();
    claim(water, 0, [...jobs(1, 5, 'root', 1), ...jobs(6, 9)], MANY);
    expect(water.at(10)).toEqual([]);
    claim(water, 100, jobs(10, 19));
    expect(water.at(200)).toEqual([]);
    claim(water, 260, [...jobs(20, 29), ...jobs(30, 31, 'root.a')]);
    expect(water.at(270)).toEqual([
      { channel: 'root', priority: 1, seq: 5 },
      { channel: 'root', priority: 10, seq: 9 },
    ]);
    claim(water, 520, []);
    expect(water.at(530)).toEqual([
      { channel: 'root', priority: 1, seq: 5 },
      { channel: 'root', priority: 10, seq: 29 },
      { channel: 'root.a', priority: 10, seq: 31 },
    ]);
  });

  it('are left out once a second, to find what came below them, and more seldom where that takes long', () => {
    const water = new LowWater();
    claim(water, 0, jobs(1, 9), MANY);
    expect(water.sweepDue(999)).toBe(false);
    expect(water.at(999)).not.toBeNull();
    expect(water.sweepDue(1_000)).toBe(true);
    expect(claim(water, 1_000, jobs(10, 19), 1_000_000).swept).toBe(true);
    expect(water.sweepDue(10_999)).toBe(false);
    expect(claim(water, 11_000, [], 1e9).swept).toBe(true);
    expect(water.sweepDue(40_999)).toBe(false);
    expect(water.sweepDue(41_000)).toBe(true);
  });

  it('go down to a job that came below them, and go on from there', () => {
    const water = new LowWater();
    claim(water, 0, jobs(1, 99), MANY);
    claim(water, 300, jobs(100, 149));
    claim(water, 600, jobs(150, 199));
    expect(water.at(610)).toEqual([{ channel: 'root', priority: 10, seq: 149 }]);
    claim(water, 1_000, jobs(7, 8), MANY);
    expect(water.at(1_010)).toEqual([{ channel: 'root', priority: 10, seq: 7 }]);
    claim(water, 1_300, [...jobs(9, 50), ...jobs(200, 209)]);
    expect(water.at(1_310)?.[0]?.seq).toBe(8);
    claim(water, 1_600, []);
    expect(water.at(1_610)?.[0]?.seq).toBe(209);
  });

  it('are gone once a claim that looks at everything reads little in vain', () => {
    const water = new LowWater();
    claim(water, 0, jobs(1, 9), MANY);
    claim(water, 300, jobs(10, 19));
    expect(claim(water, 1_000, jobs(20, 29)).swept).toBe(true);
    expect(water.active).toBe(false);
    claim(water, 2_000, jobs(30, 39), MANY);
    expect(water.at(2_010)).toEqual([]);
  });

  it('are a hundred at most', () => {
    const water = new LowWater();
    claim(water, 0, Array.from({ length: 150 }, (_, at) => jobs(at + 1, at + 1, `root.c${at}`)).flat(), MANY);
    claim(water, 300, []);
    claim(water, 600, []);
    expect(water.at(610)).toHaveLength(100);
  });
});
