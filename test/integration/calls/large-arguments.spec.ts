import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

const MIB = 1_024 * 1_024;

@Injectable()
class Worker {
  @Job()
  async take(_text: string): Promise<void> {}
}

describe('arguments of many megabytes', () => {
  const test = useApplication({
    providers: [Worker],
    options: { runner: false, maxPayloadBytes: 16 * MIB },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  // Quotes take twice as many characters in an array of PostgreSQL.
  const text = '"'.repeat(7 * MIB);
  const stored = async (): Promise<number> => {
    const [row] = await test.dataSource.query<[{ count: string }]>(
      'SELECT count(*) FROM queue_job WHERE octet_length(args::text) > $1',
      [14 * MIB],
    );
    return Number(row.count);
  };

  it('are stored where many are called at once', async () => {
    await Promise.all(Array.from({ length: 5 }, async () => test.queue.withDelay(worker).take(text)));
    expect(await stored()).toBe(5);
  }, 60_000);

  it('are stored together in one transaction, or not at all', async () => {
    const jobs = test.queue.delayable(worker);
    const five = () => Array.from({ length: 5 }, () => jobs.take(text));
    await test.queue.delayAll(five());
    expect(await stored()).toBe(10);
    const work = test.dataSource.transaction(async (manager) => {
      await test.queue.delayAll(five(), { manager });
      throw new Error('back');
    });
    await expect(work).rejects.toThrow('back');
    expect(await stored()).toBe(10);
  }, 60_000);
});
