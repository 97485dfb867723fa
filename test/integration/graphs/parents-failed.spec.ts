import { Injectable } from '@nestjs/common';
import {
  chain,
  currentJob,
  type DelayOptions,
  group,
  Job,
  JobFailedError,
  type QueueJob,
} from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Worker {
  broken = true;

  @Job()
  async fail(): Promise<string> {
    if (this.broken) throw new TypeError('broken');
    return 'mended';
  }

  @Job()
  async give(value: string): Promise<string> {
    return value;
  }

  @Job()
  async collect(): Promise<string[]> {
    const results = await currentJob().parentResults();
    return results.map((result) =>
      result instanceof JobFailedError
        ? `${result.name}: ${(result.cause as Error).message}`
        : String(result),
    );
  }

  @Job({ onParentFailed: 'cancel' })
  async careful(): Promise<void> {}
}

describe('a parent that fails for good', () => {
  const test = useApplication({
    providers: [Worker],
    options: { channels: 'closed:1:paused' },
    logger: false,
  });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
  });

  beforeEach(() => {
    worker.broken = true;
  });

  const jobs = (options: DelayOptions = {}) => test.queue.delayable(worker, options);
  const becomes = async (uuid: string | undefined, what: object): Promise<void> =>
    eventually(async () => expect(await test.queue.find(uuid as string)).toMatchObject(what));

  it('leaves its children waiting, where nothing else is said', async () => {
    const [parent, child] = await chain(jobs().fail(), jobs().give('a')).delay();
    await becomes(parent?.uuid, { state: 'failed' });
    expect(await test.queue.find(child?.uuid as string)).toMatchObject({
      state: 'wait_dependencies',
      onParentFailed: null,
    });
  });

  it("cancels those that say 'cancel', with all below them, and no others", async () => {
    const last = jobs().give('last');
    const careful = jobs().careful();
    const stays = jobs().give('stays');
    const parent = jobs().fail();
    await group(parent.onDone(careful), stays).delay();
    expect(last.uuid).toBeDefined();
    await becomes(careful.uuid, { state: 'cancelled', result: 'Cancelled since a parent failed' });
    await becomes(stays.uuid, { state: 'done' });
    await becomes(parent.uuid, { state: 'failed' });
  });

  it("cancels down the graph where the first says 'cancel'", async () => {
    const [, careful, below] = await chain(jobs().fail(), jobs().careful(), jobs().give('below')).delay();
    await becomes(careful?.uuid, { state: 'cancelled' });
    await becomes(below?.uuid, { state: 'cancelled', result: 'Cancelled with its parents' });
  });

  it("runs those that say 'run', once all their parents have ended, with the error in its place", async () => {
    const collect = jobs({ onParentFailed: 'run' }).collect();
    await group(jobs().give('a'), jobs().fail(), jobs().give('c')).onDone(collect).delay();
    expect(await test.queue.finished(collect.uuid)).toEqual(['a', 'JobFailedError: broken', 'c']);
  });

  it('makes a job that is to run wait for the parents that have not ended', async () => {
    const collect = jobs({ onParentFailed: 'run' }).collect();
    const closed = jobs({ channel: 'closed' }).give('closed');
    const parent = jobs().fail();
    await group(parent, closed).onDone(collect).delay();
    await becomes(parent.uuid, { state: 'failed' });
    expect(await test.queue.find(collect.uuid)).toMatchObject({ state: 'wait_dependencies' });
    await test.queue.setDone(closed.uuid);
    expect(await test.queue.finished(collect.uuid)).toEqual([
      'Manually set to done by the application',
      'JobFailedError: broken',
    ]);
  });

  it('that is requeued is waited for anew by those that have not begun', async () => {
    const collect = jobs({ onParentFailed: 'run', channel: 'closed' }).collect();
    const [parent] = await chain(jobs().fail(), collect).delay();
    await becomes(collect.uuid, { state: 'pending' });
    worker.broken = false;
    await test.queue.requeue((parent as QueueJob).uuid);
    await becomes(parent?.uuid, { state: 'done' });
    await becomes(collect.uuid, { state: 'pending' });
    await test.dataSource.query(`UPDATE queue_job SET channel = 'root' WHERE uuid = $1`, [collect.uuid]);
    expect(await test.queue.finished(collect.uuid)).toEqual(['mended']);
  });

  it('ends a batch whose other members were cancelled for it', async () => {
    const batch = await test.batches.create('cancelled for a parent', {
      jobs: [chain(jobs().fail(), jobs().careful())],
    });
    await becomes((await test.queue.list({ batchUuid: batch.uuid, name: 'Worker.careful' }))[0]?.uuid, {
      state: 'cancelled',
    });
    await eventually(async () => expect((await test.batches.find(batch.uuid))?.uuid).toBe(batch.uuid));
  });
});
