import { Injectable, Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { Job, JobConsoleLogger, jobLogFields } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Mail {
  private readonly logger = new Logger('Mail');

  @Job()
  async send(): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    this.logger.log('sending');
    return jobLogFields();
  }
}

describe('a line that is logged within a job', () => {
  let database: TestDatabase;
  let lines: string[];

  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(async () => database.drop());

  beforeEach(() => {
    lines = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  const run = async (logger: JobConsoleLogger): Promise<{ uuid: string; result: unknown }> => {
    const test = await startApplication({ url: database.url, providers: [Mail], logger });
    try {
      const job = await test.queue.withDelay(Mail).send();
      const result = await test.queue.finished(job, { timeout: '20 s' });
      test.get(Mail)['logger'].log('outside');
      return { uuid: job.uuid, result };
    } finally {
      await test.close();
    }
  };

  it('has the job as fields in JSON', async () => {
    const { uuid, result } = await run(new JobConsoleLogger({ json: true, colors: false }));
    const fields = { jobUuid: uuid, jobName: 'Mail.send', jobAttempt: 1 };
    expect(result).toEqual(fields);
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged.find(({ message }) => message === 'sending')).toMatchObject({ context: 'Mail', ...fields });
    expect(logged.find(({ message }) => message === 'outside')).not.toHaveProperty('jobUuid');
  });

  it('has the job after its context in text', async () => {
    const { uuid } = await run(new JobConsoleLogger({ colors: false }));
    expect(lines.find((line) => line.includes('sending'))).toContain(`[Mail] [Mail.send ${uuid} #1] sending`);
    expect(lines.find((line) => line.includes('outside'))).not.toContain('[Mail.send');
    expect(jobLogFields()).toBeUndefined();
  });
});
