import { Injectable } from '@nestjs/common';
import { Job, QueueService } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Greeter {
  readonly greeted: string[] = [];

  constructor(readonly queue: QueueService) {}

  @Job()
  async greet(name: string): Promise<string> {
    this.greeted.push(name);
    return `Hello ${name}`;
  }
}

describe('a decorated method', () => {
  const test = useApplication({ providers: [Greeter] });

  it('runs later, and its result is what finished() resolves to', async () => {
    const greeter = test.get(Greeter);
    const job = await test.queue.withDelay(greeter).greet('Ada');
    expect(job.state).toBe('pending');
    expect(job.name).toBe('Greeter.greet');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('Hello Ada');
    expect(greeter.greeted).toEqual(['Ada']);
    const done = await test.queue.find(job.uuid);
    expect(done).toMatchObject({ state: 'done', retry: 1, result: 'Hello Ada', args: ['Ada'] });
  });

  it('runs a thousand calls, each once', async () => {
    const greeter = test.get(Greeter);
    greeter.greeted.length = 0;
    const jobs = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => test.queue.withDelay(greeter).greet(`n${at}`)),
    );
    await Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 10_000 })));
    expect(greeter.greeted.length).toBe(1000);
    expect(new Set(greeter.greeted).size).toBe(1000);
  });
});
