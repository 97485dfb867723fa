import { QueueService } from 'nestjs-queue-job';
import { percentile } from '../bounds.js';
import { LimitedJobs, openApplication } from './application.js';

const CALLERS = 500;
const ROUNDS = 10;
const OPTIONS = {
  identityKey: 'one key',
  onDuplicate: 'debounce',
  eta: '1 hour',
  maxWait: '2 hours',
} as const;

/** Many callers of one debounced key at once, from one application and from five. */
export async function measureKeys(url: string, print: (line: string) => void): Promise<void> {
  for (const applications of [1, 5]) {
    const apps = await Promise.all(
      Array.from({ length: applications }, async () => openApplication(url, { runner: false })),
    );
    const queues = apps.map((app) => app.get(QueueService));
    const times: number[] = [];
    const jobs = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(
        Array.from({ length: CALLERS }, async (_, at) => {
          const called = performance.now();
          const queue = queues[at % applications] as QueueService;
          jobs.add((await queue.withDelay(LimitedJobs, OPTIONS).plain(at)).uuid);
          times.push(performance.now() - called);
        }),
      );
    }
    for (const uuid of jobs) await queues[0]?.cancel(uuid);
    await Promise.all(apps.map(async (app) => app.close()));
    print(
      `${CALLERS} callers of one debounced key at once, ${applications} application(s): p50 ${Math.round(percentile(times, 0.5))} ms, p99 ${Math.round(percentile(times, 0.99))} ms, ${jobs.size} job(s)`,
    );
  }
}
