import { StartReport } from '../../../../lib/runner/slots/start-report.js';

describe('the starts that a node reports', () => {
  it('counts calls and jobs that go back, by channel, and reports each once', () => {
    const report = new StartReport();
    report.started(['root', 'root.api']);
    report.started(['root']);
    report.dropped(['root.api']);
    expect(report.take()).toEqual([
      { channel: 'root', started: 2, dropped: 0, ago: expect.any(Number) as number },
      { channel: 'root.api', started: 1, dropped: 1, ago: expect.any(Number) as number },
    ]);
    expect(report.take()).toEqual([]);
  });

  it('counts a call from the end of the turn in which it was made', async () => {
    const report = new StartReport();
    report.started(['root']);
    const until = performance.now() + 20;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [record] = report.take();
    expect(record?.ago).toBeGreaterThan(0);
    expect(record?.ago).toBeLessThanOrEqual(performance.now() - until);
  });

  it('forgets what the database counts anew', () => {
    const report = new StartReport();
    report.started(['root']);
    report.clear();
    expect(report.take()).toEqual([]);
  });
});
