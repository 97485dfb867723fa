import { Injectable, Module, type Type } from '@nestjs/common';
import { DuplicateJobNameError, Job, type QueueJobModuleOptions } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { LogBook } from '../../support/log-book.js';

@Injectable()
class Common {
  @Job()
  async run(): Promise<string> {
    return 'common';
  }
}

@Injectable()
class Novel {
  @Job({ priority: 0 })
  async run(): Promise<string> {
    return 'novel';
  }
}

/** As it was in the version before: its class was called otherwise. */
const Before = {
  ExportService: class {
    async exportOne(): Promise<string> {
      return 'before';
    }
  },
}.ExportService;
Injectable()(Before);
Job()(Before.prototype, 'exportOne', Object.getOwnPropertyDescriptor(Before.prototype, 'exportOne') as never);

@Injectable()
class Shipping {
  @Job({ name: 'ExportService.exportOne' })
  async ship(): Promise<string> {
    return 'shipped';
  }
}

@Injectable()
class Impostor {
  @Job({ name: 'Common.run' })
  async pretend(): Promise<void> {}
}

@Module({ providers: [Common], exports: [Common] })
class CommonModule {}

describe('the name of a job', () => {
  let database: TestDatabase;
  const started: TestApplication[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const test of started.splice(0)) await test.close();
  });

  afterAll(async () => database.drop());

  const start = async (
    providers: Type[],
    options: QueueJobModuleOptions = {},
    logger: LogBook | false = false,
  ): Promise<TestApplication> => {
    const test = await startApplication({
      url: database.url,
      providers,
      options,
      logger,
      imports: [CommonModule],
    });
    started.push(test);
    return test;
  };

  it('that a node does not know leaves the job to one that does', async () => {
    const storing = await start([Novel], { runner: false });
    const old = await start([]);
    const novel = await storing.queue.withDelay(Novel).run();
    // These come after it in the order, and the old node runs them.
    const jobs = await Promise.all([1, 2, 3].map(async () => old.queue.withDelay(Common).run()));
    await Promise.all(jobs.map((job) => old.queue.finished(job, { timeout: 5_000 })));
    expect(await old.queue.find(novel.uuid)).toMatchObject({ state: 'pending', retry: 0, node: null });
    await storing.runner.start();
    await expect(storing.queue.finished(novel, { timeout: 5_000 })).resolves.toBe('novel');
  });

  it('stays when its method is called otherwise, and jobs stored before run', async () => {
    const before = await start([Before], { runner: false });
    const { uuid, name } = await before.queue.withDelay(Before).exportOne();
    expect(name).toBe('ExportService.exportOne');
    const after = await start([Shipping]);
    await expect(after.queue.finished(uuid, { timeout: 5_000 })).resolves.toBe('shipped');
    expect((await after.queue.withDelay(Shipping).ship()).name).toBe(name);
  });

  it('may stand for one method only: two stop the start, and both are named', async () => {
    const refused = start([Impostor]);
    await expect(refused).rejects.toThrow(DuplicateJobNameError);
    await expect(refused).rejects.toThrow(/Common\.run \(in CommonModule\)/);
    await expect(refused).rejects.toThrow(/Impostor\.pretend \(in TestModule\)/);
  });

  it('is that of one job where the same class is a provider of two modules', async () => {
    const test = await start([Common]);
    const job = await test.queue.withDelay(Common).run();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('common');
  });

  it('is counted in the one line that tells of the start', async () => {
    const logBook = new LogBook();
    const test = await start([Novel], { runner: { concurrency: 3 } }, logBook);
    const lines = logBook.entries.filter(({ context }) => context === 'QueueJob');
    expect(lines.length).toBe(1);
    expect(lines[0]?.message).toContain(`${test.runner.nodeId} runs 2 kinds of jobs`);
    expect(lines[0]).toMatchObject({
      level: 'log',
      params: { node: test.runner.nodeId, channels: 'all', jobs: 2, concurrency: 3 },
    });
  });
});
