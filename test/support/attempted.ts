import { eventually } from './eventually.js';
import type { QueueJob, QueueService } from '../../lib/index.js';

/** The job after its try ended badly, and the seconds until the next. */
export async function tried(
  queue: QueueService,
  { uuid }: QueueJob,
  retry: number,
): Promise<QueueJob & { inSeconds: number }> {
  const found = await eventually(async () => {
    const now = (await queue.find(uuid)) as QueueJob;
    expect(now).toMatchObject({ retry, node: null });
    expect(['pending', 'failed']).toContain(now.state);
    expect(now.excName).not.toBeNull();
    return now;
  });
  return Object.assign(found, { inSeconds: ((found.eta?.getTime() ?? NaN) - Date.now()) / 1000 });
}
