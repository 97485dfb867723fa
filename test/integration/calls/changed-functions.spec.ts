import { Injectable } from '@nestjs/common';
import { Job, JobFunctionService } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Worker {
  @Job()
  async take(): Promise<void> {}
}

describe('a job function that was changed', () => {
  const test = useApplication({ providers: [Worker], options: { runner: false } });
  let functions: JobFunctionService;

  beforeAll(async () => {
    functions = test.get(JobFunctionService);
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
