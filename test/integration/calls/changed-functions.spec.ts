import { Injectable } from '@nestjs/common';
import { Job, JobFunctionService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async take(): Promise<void> {}
}

describe('a job function that was changed', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let functions: JobFunctionService;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({ url: database.url, providers: [Worker], options: { runner: false } });
    functions = test.get(JobFunctionService);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const channel = async (): Promise<string> => (await test.queue.withDelay(Worker).take()).channel;

  it('has its new channel at the next call of this process, each time', async () => {
    for (let round = 0; round < 20; round += 1) {
      await functions.configure('Worker.take', { channel: `root.round${round}` });
      expect(await channel()).toBe(`root.round${round}`);
    }
    await functions.reset('Worker.take');
    expect(await channel()).toBe('root');
  });

  it('has it as well where many change it at once', async () => {
    const channels = Array.from({ length: 10 }, (_, at) => `root.at${at}`);
    await Promise.all(channels.map(async (name) => functions.configure('Worker.take', { channel: name })));
    const [{ channel: last }] = await test.dataSource.query<[{ channel: string }]>(
      'SELECT channel FROM queue_job_function',
    );
    expect(await channel()).toBe(last);
  });
});
