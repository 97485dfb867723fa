import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvalidModuleOptionError, Job, JobFailedError, QueueService } from '../../../lib/index.js';
import { queueJobTesting, QueueJobTestingModule, type QueueJobTesting } from '../../../lib/testing.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  constructor(private readonly queue: QueueService) {}

  @Job()
  async run(value: string): Promise<string> {
    return value;
  }

  @Job()
  async twice(value: string): Promise<void> {
    await this.queue.withDelay(Worker).run(value);
  }

  @Job()
  async broken(): Promise<void> {
    throw new TypeError('broken');
  }
}

@Module({ providers: [Worker] })
class WorkerModule {}

describe.each([
  ['a node', undefined],
  ['no node', false],
] as const)("mode 'database' with %s", (_, runner) => {
  let database: TestDatabase;
  let app: TestingModule;
  let queue: QueueService;
  let jobs: QueueJobTesting;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: database.url, autoLoadEntities: true }),
        QueueJobTestingModule.forRoot({ mode: 'database', ...(runner === undefined ? {} : { runner }) }),
        WorkerModule,
      ],
    }).compile();
    await app.init();
    queue = app.get(QueueService);
    jobs = queueJobTesting(app);
  });

  afterEach(() => jobs.clear());

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('traps what is stored, also by graphs and jobs, and drains it', async () => {
    await queue.withDelay(Worker).twice('a');
    await queue.delayAll([queue.delayable(Worker).run('b'), queue.delayable(Worker).run('c')]);
    await jobs.drain();
    jobs.expectEnqueued(Worker, 'run', { times: 3 });
    expect(await queue.counts()).toMatchObject({ pending: 0, done: 4 });
  });

  it('throws the error of a job that was performed', async () => {
    await queue.withDelay(Worker).broken();
    const performed = jobs.performEnqueued();
    await expect(performed).rejects.toThrow(JobFailedError);
    await expect(performed).rejects.toThrow('Worker.broken failed: TypeError: broken');
  });

  it('lets time pass for etas', async () => {
    const job = await queue.withDelay(Worker, { eta: '1 h' }).run('later');
    await jobs.advanceTime('59 min');
    await jobs.drain();
    expect((await queue.find(job.uuid))?.state).toBe('pending');
    await jobs.advanceTime('2 min');
    await jobs.drain();
    expect(await jobs.waitFor(job, 'done')).toMatchObject({ result: 'later' });
    expect(await jobs.waitFor({ name: 'Worker.run' }, 'done')).toMatchObject({ name: 'Worker.run' });
  });

  it('says what it waited for in vain', async () => {
    const job = await queue.withDelay(Worker, { eta: '1 h' }).run('never');
    const waiting = jobs.waitFor(job.uuid, 'done', { timeout: 50 });
    await expect(waiting).rejects.toThrow('no such job is done; Worker.run is pending');
  });

  it('has no other mode for a block', async () => {
    await expect(jobs.withMode('inline', () => undefined)).rejects.toThrow(InvalidModuleOptionError);
  });
});
