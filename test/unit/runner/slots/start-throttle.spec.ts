import { StartThrottle } from '../../../../lib/runner/slots/start-throttle.js';
import type { RunningAttempt } from '../../../../lib/runner/attempt/attempt.js';

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const runs = (count: number): RunningAttempt[] => Array.from({ length: count }, () => ({}) as RunningAttempt);

describe('the launcher', () => {
  it('begins a run at once', () => {
    const begun: RunningAttempt[] = [];
    const [attempt] = runs(1);
    new StartThrottle((one) => begun.push(one)).start(attempt as RunningAttempt);
    expect(begun).toEqual([attempt]);
  });

  it('begins a thousand in order and over several turns, so that others have theirs in between', async () => {
    const begun: RunningAttempt[] = [];
    const launcher = new StartThrottle((attempt) => begun.push(attempt));
    const thousand = runs(1_000);
    thousand.forEach((attempt) => launcher.start(attempt));
    expect(begun.length).toBeLessThan(250);
    const [late] = runs(1);
    await turn();
    // One that comes in between does not overtake those that wait.
    launcher.start(late as RunningAttempt);
    for (let turns = 0; begun.length <= 1_000 && turns < 20; turns += 1) await turn();
    expect(begun).toEqual([...thousand, late]);
  });
});
