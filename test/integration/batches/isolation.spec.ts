import { Injectable } from '@nestjs/common';
import { type Batch, currentJob, Job, RetryableJobError } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

@Injectable()
class Worker {
  begun = new Gate();
  gate = new Gate();
  told: (readonly [what: string, batch: string])[] = [];
  during: () => unknown = () => undefined;

  @Job({ transactional: true })
  async cancel(level: string): Promise<void> {
    const { manager } = currentJob();
    await manager.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    await manager.query('SELECT 1');
    await this.during();
  }

  @Job()
  async quick(): Promise<void> {}

  @Job()
  async held(): Promise<void> {
    await this.gate.opened;
  }

  @Job()
  async tell(what: string, batch: string): Promise<void> {
    this.told.push([what, batch]);
  }

  @Job({ transactional: true })
  async whole(level: string): Promise<void> {
    const { job, manager } = currentJob();
    if (job.retry === 1) throw new RetryableJobError('once', { seconds: 0 });
    await manager.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    await manager.query('SELECT 1');
    this.begun.open();
    await this.gate.opened;
  }
}

describe.each(LEVELS)('a batch in a transaction at %s', (level) => {
  const test = useApplication({
    providers: [Worker],
    options: { channels: 'paused:1:paused' },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  beforeEach(() => {
    worker.begun = new Gate();
    worker.gate = new Gate();
    worker.told = [];
  });

  const open = async (name: string): Promise<Batch> => {
    const tell = test.queue.delayable(worker);
    return test.batches.create(name, {
      onDone: ({ uuid }) => tell.tell('done', uuid),
      onSuccess: ({ uuid }) => tell.tell('success', uuid),
      onProgress: ({ uuid }) => tell.tell('progress', uuid),
      progressStep: 50,
    });
  };
  const endsOnce = async (batch: Batch, members: number): Promise<void> => {
    const progress = await batch.finished({ timeout: 5_000 });
    expect(progress).toMatchObject({ state: 'ended', total: members, counts: { done: members } });
    // A batch of the test before may still be telling.
    const told = (): string[] => worker.told.flatMap(([what, of]) => (of === batch.uuid ? [what] : []));
    await eventually(() => expect(new Set(told())).toEqual(new Set(['done', 'success', 'progress'])));
    expect(
      told()
        .filter((what) => what !== 'progress')
        .sort(),
    ).toEqual(['done', 'success']);
  };
  const jobs = () => test.queue.delayable(worker);

  it('ends where its last member ended after the snapshot of the transaction that closes it', async () => {
    const batch = await open('a');
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      const [job] = await batch.add(jobs().quick());
      await test.queue.finished(job?.uuid as string, { timeout: 5_000 });
      await batch.close({ manager });
    });
    await endsOnce(batch, 1);
  });

  it('does not end before a member that was added after the snapshot', async () => {
    const batch = await open('b');
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      await batch.add(jobs().held());
      await batch.close({ manager });
    });
    expect((await batch.progress()).state).toBe('closed');
    worker.gate.open();
    await endsOnce(batch, 1);
  });

  it('ends where one of its last two members is such a transaction', async () => {
    const batch = await test.batches.create('c', {
      onDone: ({ uuid }) => jobs().tell('done', uuid),
      onSuccess: ({ uuid }) => jobs().tell('success', uuid),
      onProgress: ({ uuid }) => jobs().tell('progress', uuid),
      jobs: [jobs().whole(level), jobs().held()],
    });
    await worker.begun.opened;
    worker.gate.open();
    await endsOnce(batch, 2);
  });

  it('refuses members once it is closed, also where the transaction does not see that', async () => {
    const batch = await open('d');
    const work = test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      await batch.close();
      await batch.add(jobs().quick(), { manager });
    });
    await expect(work).rejects.toThrow(/is closed|could not serialize access/);
    expect(await batch.progress()).toMatchObject({ state: 'ended', total: 0 });
  });

  it('takes members where it was made after the snapshot', async () => {
    let batch: Batch | undefined;
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      batch = await open('late');
      await batch.add(jobs().quick(), { manager });
    });
    await batch?.close();
    await endsOnce(batch as Batch, 1);
  });

  it('is cancelled with all members of that moment', async () => {
    const batch = await open('cancelled');
    const waiting = test.queue.delayable(worker, { channel: 'paused' });
    const [early] = await batch.add(waiting.quick());
    let late: string | undefined;
    worker.during = async () => {
      late = (await batch.add(waiting.quick()))[0]?.uuid;
      await batch.cancel();
    };
    const job = await test.queue.withDelay(worker).cancel(level);
    await test.queue.finished(job, { timeout: 5_000 });
    expect((await batch.finished({ timeout: 5_000 })).total).toBe(2);
    await eventually(() => expect(worker.told).toContainEqual(['done', batch?.uuid]));
    for (const uuid of [early?.uuid, late])
      expect((await test.queue.find(uuid as string))?.state).toBe('cancelled');
  });

  it('takes members whose end it sees, and is closed with them', async () => {
    const batch = await open('e');
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      await batch.add([jobs().quick(), jobs().quick()], { manager });
      await batch.close({ manager });
    });
    await endsOnce(batch, 2);
  });

  it('is made with all of its jobs', async () => {
    let batch: Batch | undefined;
    await test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      batch = await test.batches.create('f', { jobs: [jobs().quick(), jobs().quick()], manager });
    });
    expect(await batch?.finished({ timeout: 5_000 })).toMatchObject({ total: 2, counts: { done: 2 } });
  });

  it('is closed by the commit, and by no rollback', async () => {
    const batch = await open('g');
    const work = test.dataSource.transaction(level, async (manager) => {
      await manager.query('SELECT 1');
      await batch.close({ manager });
      throw new Error('back');
    });
    await expect(work).rejects.toThrow('back');
    await batch.add(jobs().quick());
    await batch.close();
    await endsOnce(batch, 1);
  });
});
