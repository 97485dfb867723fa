import { Launcher } from '../../../../lib/runner/slots/start-throttle.js';
import type { Run } from '../../../../lib/runner/attempt/attempt.js';

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const runs = (count: number): Run[] => Array.from({ length: count }, () => ({}) as Run);

describe('the launcher', () => {
  it('begins a run at once', () => {
    const begun: Run[] = [];
    const [run] = runs(1);
    new Launcher((one) => begun.push(one)).launch(run as Run);
    expect(begun).toEqual([run]);
  });

  it('begins a thousand in order and over several turns, so that others have theirs in between', async () => {
    const begun: Run[] = [];
    const launcher = new Launcher((run) => begun.push(run));
    const thousand = runs(1_000);
    thousand.forEach((run) => launcher.launch(run));
    expect(begun.length).toBeLessThan(250);
    const [late] = runs(1);
    await turn();
    // One that comes in between does not overtake those that wait.
    launcher.launch(late as Run);
    for (let turns = 0; begun.length <= 1_000 && turns < 20; turns += 1) await turn();
    expect(begun).toEqual([...thousand, late]);
  });
});
