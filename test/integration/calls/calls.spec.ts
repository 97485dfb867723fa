import { Injectable } from '@nestjs/common';
import {
  Job,
  NotAJobError,
  type QueueJob,
  QueueJobError,
  QueueService,
  UnknownJobError,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';

@Injectable()
class Base {
  readonly calls: unknown[][] = [];

  @Job()
  async inherited(...args: unknown[]): Promise<string> {
    this.calls.push(args);
    return `inherited ${args.join()}`;
  }
}

@Injectable()
class Worker extends Base {
  @Job()
  async run(...args: unknown[]): Promise<string> {
    this.calls.push(args);
    return `ran ${args.join()}`;
  }

  plain(): string {
    return 'plain';
  }
}

@Injectable()
class Jobless {
  plain(): string {
    return 'plain';
  }
}

@Injectable()
class Stranger {
  @Job()
  async run(): Promise<void> {}
}

/** Delays a call before the queue's own start has come to an end. */
@Injectable()
class Early {
  job: QueueJob | undefined;

  constructor(readonly queue: QueueService) {}

  async onModuleInit(): Promise<void> {
    this.job = await this.queue.withDelay(Worker).run('early');
  }
}

const made = { work: new Worker() };

describe('a delayed call', () => {
  const test = useApplication({
    providers: [{ provide: Worker, useFactory: () => made.work }, Jobless, Early],
    options: { channels: 'closed:1:paused' },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  const result = async (job: QueueJob): Promise<unknown> => test.queue.finished(job, { timeout: 5_000 });

  it('takes a provider or its class, also a provider that a factory made', async () => {
    expect(worker).toBe(made.work);
    await expect(result(await test.queue.withDelay(worker).run(1))).resolves.toBe('ran 1');
    await expect(result(await test.queue.withDelay(Worker).run(2))).resolves.toBe('ran 2');
  });

  it('may be made while the application starts', async () => {
    await expect(result(test.get(Early).job as QueueJob)).resolves.toBe('ran early');
  });

  it('takes a job of the class above', async () => {
    const job = await test.queue.withDelay(worker).inherited('x');
    expect(job.name).toBe('Worker.inherited');
    await expect(result(job)).resolves.toBe('inherited x');
  });

  it('is an ordinary call where nobody delays it', async () => {
    const before = await test.queue.counts();
    await expect(worker.run('now')).resolves.toBe('ran now');
    expect(await test.queue.counts()).toEqual(before);
  });

  it('refuses a method without @Job(), and lists the jobs of the provider', async () => {
    const refused = test.queue.withDelay(worker).plain();
    await expect(refused).rejects.toThrow(NotAJobError);
    await expect(refused).rejects.toThrow(/Worker\.plain is not a job\. Its jobs are: .*run/);
    await expect(test.queue.withDelay(Jobless).plain()).rejects.toThrow('It has no jobs');
    await expect((test.queue.withDelay(worker) as never as { nope(): Promise<void> }).nope()).rejects.toThrow(
      NotAJobError,
    );
    expect(() => test.queue.delayable(worker).plain()).toThrow(NotAJobError);
  });

  it('refuses a class that is no provider, and says what to do', async () => {
    const refused = test.queue.withDelay(Stranger).run();
    await expect(refused).rejects.toThrow(QueueJobError);
    await expect(refused).rejects.toThrow('Stranger is not a provider of this application');
  });

  it('does no harm where the object before it is awaited by mistake', async () => {
    const before = await test.queue.counts();
    // oxlint-disable-next-line typescript/await-thenable -- The mistake itself.
    const delayed = await test.queue.withDelay(worker, { channel: 'closed' });
    expect(JSON.stringify({ delayed })).toBe('{"delayed":{}}');
    expect(await test.queue.counts()).toEqual(before);
    const job = await delayed.run();
    expect(job.state).toBe('pending');
  });

  it('can be made by the name of the job', async () => {
    await expect(result(await test.queue.enqueue('Worker.run', [1, 2]))).resolves.toBe('ran 1,2');
    const refused = test.queue.enqueue('Worker.walk');
    await expect(refused).rejects.toThrow(UnknownJobError);
    await expect(refused).rejects.toThrow(/named 'Worker\.walk'. Its jobs are: .*Worker\.run/);
  });

  it('is stored only when it is told to, where it was built', async () => {
    const before = await test.queue.counts();
    const built = test.queue.delayable(worker, { description: 'Built' }).run('built');
    expect(await test.queue.counts()).toEqual(before);
    const job = await built.delay();
    expect(job.description).toBe('Built');
    await expect(result(job)).resolves.toBe('ran built');
  });

  it('keeps the arguments that it was built with', async () => {
    const list = [1];
    const built = test.queue.delayable(worker).run(list);
    list.push(2);
    await expect(result(await built.delay())).resolves.toBe('ran 1');
  });

  it('is one of many that go in together, answered in their order', async () => {
    const call = (at: number) => test.queue.delayable(worker, { channel: 'closed' }).run(at);
    const jobs = await test.queue.delayAll(Array.from({ length: 1_500 }, (_, at) => call(at)));
    expect(jobs.map((job) => job.args[0])).toEqual(Array.from({ length: 1_500 }, (_, at) => at));
    const [{ transactions }] = (await test.dataSource.query(
      'SELECT count(DISTINCT xmin::text)::int AS transactions FROM queue_job WHERE uuid = ANY($1)',
      [jobs.map(({ uuid }) => uuid)],
    )) as [{ transactions: number }];
    expect(transactions).toBe(1);
    expect(await test.queue.delayAll([])).toEqual([]);
    const twice = call(0);
    await expect(test.queue.delayAll([twice, twice])).rejects.toThrow('the same delayable twice');
  });
});
