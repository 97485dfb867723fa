import { Injectable } from '@nestjs/common';
import { type Batch, BatchClosedError, BatchService, chain, Job, QueueService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Imports {
  readonly ran: string[] = [];

  constructor(
    private readonly queue: QueueService,
    private readonly batches: BatchService,
  ) {}

  @Job()
  async part(label: string): Promise<string> {
    this.ran.push(label);
    if (label === 'broken') throw new Error('no');
    return Promise.resolve(label);
  }

  @Job()
  async pages(): Promise<void> {
    await (await this.batches.current())?.add(this.queue.delayable(Imports).part('page'));
  }
}

describe('a batch without delay', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let queue: QueueService;
  let batches: BatchService;
  let imports: Imports;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Imports],
      options: { noDelay: true, runner: false },
    });
    ({ queue, batches } = test);
    imports = test.get(Imports);
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const part = (label: string) => queue.delayable(Imports).part(label);
  const callbacks = () => ({
    onDone: part('done'),
    onSuccess: part('success'),
    onFailure: part('failure'),
    onProgress: part('progress'),
  });

  it('runs its members where they are added and its callbacks where they are due, and stores nothing', async () => {
    const batch = await batches.create('May', callbacks());
    const jobs = await batch.add([part('a'), chain(part('b'), part('c'))]);
    expect(jobs.map(({ state, batchUuid }) => [state, batchUuid])).toEqual(
      Array.from({ length: 3 }, () => ['done', batch.uuid]),
    );
    await batch.add(queue.delayable(Imports).pages());
    expect(await batch.progress()).toMatchObject({ state: 'open', total: 5, counts: { done: 5 } });
    expect(await batches.find(batch.uuid)).toBe(batch);
    await batch.close();
    expect(imports.ran).toEqual(['a', 'b', 'c', 'page', 'progress', 'success', 'done']);
    expect(await batch.finished()).toMatchObject({ state: 'ended', completeness: 1, failedPercentage: 0 });
    await expect(batch.add(part('d'))).rejects.toThrow(BatchClosedError);
    await batch.cancel();
    expect(imports.ran.length).toBe(7);
    expect(await batches.find(batch.uuid)).toBeNull();
    expect(await queue.list()).toEqual([]);
    expect(await batches.list()).toEqual([]);
  });

  it('counts an error as a failure, which is then the caller’s', async () => {
    const batch = await batches.create('May', callbacks());
    await expect(batch.add(part('broken'))).rejects.toThrow('no');
    await expect(batch.add(part('broken'))).rejects.toThrow('no');
    await batch.add(part('a'));
    expect(await batch.progress()).toMatchObject({ total: 3, counts: { done: 1, failed: 2 } });
    await expect(batch.finished()).rejects.toThrow('nobody else can close it');
    await batch.close();
    expect(imports.ran).toEqual(['broken', 'failure', 'broken', 'a', 'progress', 'done']);
  });

  it('is made of its jobs in one call', async () => {
    const batch = await batches.create('May', { onSuccess: part('success'), jobs: [part('a')] });
    expect(await (batch satisfies Batch).progress()).toMatchObject({ state: 'ended', total: 1 });
    expect(imports.ran).toEqual(['a', 'success']);
  });

  it('is stored where it says so, though its jobs run at once', async () => {
    const stored = await batches.create('stored', { noDelay: false });
    await stored.add(part('a'));
    expect(await stored.progress()).toMatchObject({ state: 'open', total: 0 });
    expect((await batches.list()).map(({ name }) => name)).toEqual(['stored']);
  });
});
