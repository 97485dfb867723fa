import { Injectable } from '@nestjs/common';
import { Job, RetryableJobError } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { LogBook, type LogEntry } from '../../support/log-book.js';
import { tried } from '../../support/attempted.js';

@Injectable()
class Base {
  @Job()
  async inherited(): Promise<void> {}
}

@Injectable()
class Worker extends Base {
  @Job()
  async run(): Promise<void> {}

  @Job({ defaultChannel: 'erp' })
  async fail(): Promise<void> {
    throw new Error('no label', { cause: new Error('printer off') });
  }

  @Job()
  async retry(): Promise<void> {
    throw new RetryableJobError('busy');
  }

  override async inherited(): Promise<void> {}
}

describe('the log', () => {
  const logBook = new LogBook();
  const test = useApplication({ providers: [Worker], logger: logBook });

  const lines = (): LogEntry[] => logBook.entries.filter(({ context }) => context === 'QueueJob');

  it('warns of a method that overrides a job without being one', () => {
    const [warning] = lines().filter(({ level }) => level === 'warn');
    expect(warning?.message).toContain('Worker.inherited overrides a job without @Job()');
  });

  it('tells nothing of jobs that are done or tried again, above debug', async () => {
    logBook.entries.length = 0;
    const jobs = await Promise.all([1, 2, 3].map(async () => test.queue.withDelay(Worker).run()));
    await Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 5_000 })));
    await tried(test.queue, await test.queue.withDelay(Worker).retry(), 1);
    expect(lines().filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('tells of a failure with its cause, and what it was about', async () => {
    logBook.entries.length = 0;
    const { uuid } = await tried(test.queue, await test.queue.withDelay(Worker).fail(), 1);
    const [line, ...more] = lines();
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: 'error', message: 'Worker.fail failed: no label' });
    expect(line?.params).toMatchObject({ uuid, name: 'Worker.fail', channel: 'root.erp', attempt: 1 });
    expect(line?.params['ms']).toEqual(expect.any(Number));
    expect(JSON.stringify([line?.params, line?.stack])).toContain('Caused by: Error: printer off');
  });
});
