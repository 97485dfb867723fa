import { Injectable } from '@nestjs/common';
import {
  type Batch,
  BatchClosedError,
  BatchNotFoundError,
  BatchService,
  chain,
  currentJob,
  group,
  InvalidJobOptionError,
  Job,
  NoCurrentJobError,
  QueueService,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Imports {
  /** What callbacks were called with, in order. */
  readonly told: string[] = [];
  readonly gates = new Map<string, Gate>();
  readonly broken = new Set<string>();

  constructor(
    private readonly queue: QueueService,
    private readonly batches: BatchService,
  ) {}

  @Job()
  async part(label: string): Promise<string> {
    await this.gates.get(label)?.opened;
    if (this.broken.has(label)) throw new Error(`${label} is broken`);
    return label;
  }

  /** Adds so many jobs to its own batch. */
  @Job()
  async pages(count: number): Promise<void> {
    const batch = (await this.batches.current()) as Batch;
    const parts = Array.from({ length: count }, (_, at) => this.queue.delayable(Imports).part(`page ${at}`));
    await batch.add(parts);
  }

  @Job({ transactional: true })
  async pagesOrNone(count: number, fails: boolean): Promise<void> {
    await this.pages(count);
    await ((await this.batches.current()) as Batch).close();
    if (fails) throw new Error('after all');
  }

  @Job()
  async tell(label: string): Promise<void> {
    this.told.push(label);
    return Promise.resolve();
  }

  @Job()
  async alone(): Promise<boolean> {
    return (await this.batches.current()) === null;
  }
}

describe('a batch', () => {
  const test = useApplication({ providers: [Imports] });
  let queue: QueueService;
  let batches: BatchService;
  let imports: Imports;

  beforeAll(async () => {
    ({ queue, batches } = test);
  });

  beforeEach(() => {
    imports = test.get(Imports);
    imports.told.length = 0;
    imports.gates.clear();
    imports.broken.clear();
  });

  it('is made, found and listed by the batch service', async () => {
    const batch = await batches.create('by service', { jobs: [queue.delayable(Imports).part('a')] });
    await batch.finished({ timeout: 5_000 });
    expect(await (await batches.find(batch.uuid))?.progress()).toMatchObject({ counts: { done: 1 } });
    expect((await batches.list({ name: 'by service' })).map(({ uuid }) => uuid)).toEqual([batch.uuid]);
    await expect(batches.current()).rejects.toThrow(NoCurrentJobError);
  });

  it('is made by the queue service as well', async () => {
    const batch = await queue.batch('by queue', { jobs: [queue.delayable(Imports).part('a')] });
    await batch.finished({ timeout: 5_000 });
    expect((await batches.list({ name: 'by queue' })).map(({ uuid }) => uuid)).toEqual([batch.uuid]);
  });

  it('is cancelled by somebody with a name', async () => {
    const batch = await batches.create('cancelled');
    for (const by of ['', 5, null])
      await expect(batch.cancel({ by: by as string })).rejects.toThrow(InvalidJobOptionError);
    expect((await batch.progress()).state).toBe('open');
    await batch.cancel({ by: 'Ada' });
  });

  const parts = (...labels: string[]) => labels.map((label) => queue.delayable(Imports).part(label));
  const callbacks = () => {
    const build = queue.delayable(Imports);
    return {
      onDone: build.tell('done'),
      onSuccess: build.tell('success'),
      onFailure: build.tell('failure'),
    };
  };
  /** What was told when nothing more is to come. */
  const told = async (): Promise<string[]> =>
    eventually(async () => {
      expect(await queue.list({ state: ['pending', 'enqueued', 'started'] })).toEqual([]);
      return imports.told.toSorted();
    });

  it('counts its members by state, and tells of its success and its end', async () => {
    const batch = await batches.create('import 42', callbacks());
    expect(await batch.progress()).toMatchObject({ state: 'open', total: 0, completeness: 0 });
    const gate = new Gate();
    imports.gates.set('b', gate);
    const [a, b] = await batch.add(parts('a', 'b'));
    expect(a).toMatchObject({ batchUuid: batch.uuid });
    await queue.finished(a as never);
    await eventually(async () => expect((await queue.find(b?.uuid as string))?.state).toBe('started'), 5_000);
    expect(await batch.progress()).toMatchObject({
      uuid: batch.uuid,
      name: 'import 42',
      state: 'open',
      counts: { done: 1, started: 1, pending: 0, failed: 0 },
      total: 2,
      completeness: 0.5,
      failedPercentage: 0,
      dateClosed: null,
      dateEnded: null,
    });
    await batch.close();
    expect(await batch.progress()).toMatchObject({ state: 'closed', dateEnded: null });
    expect(imports.told).toEqual([]);
    gate.open();
    expect(await batch.finished({ timeout: 5_000 })).toMatchObject({
      state: 'ended',
      completeness: 1,
      dateEnded: expect.any(Date) as Date,
    });
    expect(await told()).toEqual(['done', 'success']);
  });

  it('tells of the first failure at once, of its end when all have ended, and of no success', async () => {
    imports.broken.add('a').add('b');
    const gate = new Gate();
    imports.gates.set('c', gate);
    const batch = await batches.create('failing', { ...callbacks(), jobs: parts('a', 'b', 'c') });
    await eventually(() => expect(imports.told).toEqual(['failure']));
    await eventually(async () => expect((await batch.progress()).counts.failed).toBe(2));
    gate.open();
    expect(await batch.finished({ timeout: 5_000 })).toMatchObject({
      counts: { done: 1, failed: 2 },
      failedPercentage: 200 / 3,
    });
    expect(await told()).toEqual(['done', 'failure']);
  });

  it('that is empty ends when it is closed, once', async () => {
    const batch = await batches.create('empty', callbacks());
    await batch.close();
    await batch.close();
    expect(await batch.progress()).toMatchObject({ state: 'ended', total: 0, completeness: 1 });
    expect(await told()).toEqual(['done', 'success']);
  });

  it('takes graphs whole, and what a cancelled member takes with it', async () => {
    imports.broken.add('b');
    const batch = await batches.create('graph', callbacks());
    const [a, b, c, d] = parts('a', 'b', 'c', 'd') as [never, never, never, never];
    const jobs = await batch.add(chain(a, group(b, c), d));
    expect(jobs.map(({ batchUuid }) => batchUuid)).toEqual(Array.from({ length: 4 }, () => batch.uuid));
    await batch.close();
    const failed = await eventually(async () => {
      const [one] = await queue.list({ batchUuid: batch.uuid, state: 'failed' });
      expect(one).toBeDefined();
      return one;
    });
    await eventually(async () =>
      expect((await batch.progress()).counts).toMatchObject({ done: 2, failed: 1, wait_dependencies: 1 }),
    );
    expect((await batch.progress()).state).toBe('closed');
    await queue.cancel(failed?.uuid as string);
    expect(await batch.finished({ timeout: 5_000 })).toMatchObject({
      counts: { done: 2, cancelled: 2, failed: 0 },
    });
    expect(await told()).toEqual(['done', 'failure']);
  });

  it('is added to by its own jobs', async () => {
    const batch = await batches.create('pages', callbacks());
    await batch.add(queue.delayable(Imports).pages(5));
    await eventually(async () => expect((await batch.progress()).counts.done).toBe(6));
    await batch.close();
    expect(await told()).toEqual(['done', 'success']);
  });

  it('is added to and closed in the transaction of a member, with it or not at all', async () => {
    const kept = await batches.create('kept', callbacks());
    await kept.add(queue.delayable(Imports).pagesOrNone(3, false));
    expect(await kept.finished({ timeout: 5_000 })).toMatchObject({ total: 4, counts: { done: 4 } });
    expect(await told()).toEqual(['done', 'success']);

    const rolledBack = await batches.create('rolled back');
    await rolledBack.add(queue.delayable(Imports).pagesOrNone(3, true));
    await eventually(async () => expect((await rolledBack.progress()).counts.failed).toBe(1));
    expect(await rolledBack.progress()).toMatchObject({ state: 'open', total: 1 });
  });

  it('is found by its uuid, and takes jobs in the transaction of the caller', async () => {
    const { uuid } = await batches.create('elsewhere', callbacks());
    const found = (await batches.find(uuid)) as Batch;
    expect(found.name).toBe('elsewhere');
    const adding = test.dataSource.transaction(async (manager) => {
      await found.add(parts('a'), { manager });
      throw new Error('no');
    });
    await expect(adding).rejects.toThrow('no');
    await test.dataSource.transaction(async (manager) => {
      await found.add(parts('b'), { manager });
      await found.close({ manager });
    });
    expect(await found.finished({ timeout: 5_000 })).toMatchObject({ total: 1 });
    expect(await batches.find('0198c0de-0000-7000-8000-000000000000')).toBeNull();
  });

  it('that is closed takes nothing more, and neither does one that is not there', async () => {
    const batch = await batches.create('closed', { jobs: parts('a') });
    await expect(batch.add(parts('b'))).rejects.toThrow(BatchClosedError);
    expect((await batch.progress()).total).toBe(1);

    let lost: Batch | undefined;
    const making = test.dataSource.transaction(async (manager) => {
      lost = await batches.create('lost', { manager });
      throw new Error('no');
    });
    await expect(making).rejects.toThrow('no');
    const works = [
      () => lost?.add(parts('b')),
      () => lost?.close(),
      () => lost?.progress(),
      () => lost?.finished(),
      () => lost?.cancel(),
    ];
    for (const work of works) await expect(work()).rejects.toThrow(BatchNotFoundError);
  });

  it('does not count a job whose identity key finds a waiting twin, as nothing is stored', async () => {
    const keyed = () => queue.delayable(Imports, { identityKey: 'twin', eta: '1h' }).part('twin');
    const twin = await keyed().delay();
    const batch = await batches.create('twins');
    const [found, other] = await batch.add([keyed(), queue.delayable(Imports, { eta: '1h' }).part('other')]);
    expect(found).toMatchObject({ uuid: twin.uuid, deduplicated: true, batchUuid: null });
    expect(other).toMatchObject({ deduplicated: false, batchUuid: batch.uuid });
    expect((await batch.progress()).total).toBe(1);
    await batch.cancel();
    await queue.cancel(twin.uuid);
  });

  it('cancels all that has not ended, what runs included', async () => {
    imports.gates.set('runs', new Gate());
    const batch = await batches.create('cancelled', callbacks());
    const [running] = await batch.add(parts('runs'));
    const later = queue.delayable(Imports, { eta: '1h' });
    await batch.add([later.part('later'), chain(later.part('before'), later.part('after'))]);
    await eventually(async () => expect((await queue.find(running?.uuid as string))?.state).toBe('started'));
    await batch.cancel({ by: 'Ada' });
    expect(await batch.progress()).toMatchObject({ state: 'closed', counts: { cancelled: 3, started: 1 } });
    imports.gates.get('runs')?.open();
    expect(await batch.finished({ timeout: 5_000 })).toMatchObject({ counts: { cancelled: 4 } });
    expect((await queue.find(running?.uuid as string))?.result).toBe('Cancelled by Ada');
    expect(await told()).toEqual(['done']);
  });

  it('is none for a job that is no member, and there is none outside of a job', async () => {
    expect(await queue.finished(await queue.withDelay(Imports).alone())).toBe(true);
    await expect(batches.current()).rejects.toThrow(NoCurrentJobError);
    expect(() => currentJob()).toThrow(NoCurrentJobError);
  });
});
