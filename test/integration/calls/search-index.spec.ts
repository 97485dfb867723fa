import { Injectable } from '@nestjs/common';
import { Job, type QueueJob, QueueService } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';

/** One second for the ten of the recipe. */
const EVERY_MS = 1_000;

/** As docs/keys.md has it. */
@Injectable()
class SearchIndexService {
  rows = 0;
  indexed = 0;

  constructor(private readonly queue: QueueService) {}

  async rowChanged(): Promise<QueueJob> {
    this.rows += 1;
    return this.queue.withDelay(this, { eta: EVERY_MS / 1_000 }).refresh();
  }

  @Job({ identityKey: 'search index', defaultChannel: 'search' })
  async refresh(): Promise<void> {
    const { rows } = this;
    await new Promise((done) => setTimeout(done, 20));
    this.indexed = rows;
  }
}

describe('a search index', () => {
  const test = useApplication({ providers: [SearchIndexService] });

  it('is refreshed at most once in its time, and misses no change', async () => {
    const index = test.get(SearchIndexService);
    const jobs = new Set<string>();
    const until = performance.now() + 3.5 * EVERY_MS;
    while (performance.now() < until) {
      for (const { uuid } of await Promise.all([index.rowChanged(), index.rowChanged()])) jobs.add(uuid);
      await new Promise((done) => setTimeout(done, 5));
    }
    await eventually(() => expect(index.indexed).toBe(index.rows));
    const ended = await eventually(async () => {
      const done = await test.queue.list({ name: 'SearchIndexService.refresh', state: 'done' });
      expect(done.length).toBe(jobs.size);
      return done;
    });
    expect(ended.length).toBeGreaterThan(1);
    const starts = ended.map(({ dateEnqueued }) => (dateEnqueued as Date).getTime()).sort((a, b) => a - b);
    for (const [at, start] of starts.entries())
      if (at > 0) expect(start - (starts[at - 1] as number)).toBeGreaterThanOrEqual(EVERY_MS - 5);
  });
});
