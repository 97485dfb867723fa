import { Injectable } from '@nestjs/common';
import { chain, Job, JobNotFoundError, JobStateError, type QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';

@Injectable()
class Worker {
  work: (value: unknown) => unknown = (value) => value;

  @Job()
  async run(value: unknown): Promise<unknown> {
    return this.work(value);
  }
}

describe('a job that is changed in place', () => {
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
    worker.work = (value) => value;
  });

  const closed = async (): Promise<QueueJob> =>
    test.queue.withDelay(worker, { channel: 'closed', tags: ['old'] }).run('old');

  it('has what was given, and all else as it was', async () => {
    const job = await closed();
    const changed = await test.queue.update(
      job.uuid,
      { priority: 1, description: 'Changed', tags: ['new'], args: ['new', new Date(0)] },
      { by: 'ada' },
    );
    expect(changed).toMatchObject({
      uuid: job.uuid,
      seq: job.seq,
      priority: 1,
      description: 'Changed',
      tags: ['new'],
      args: ['new', new Date(0)],
      channel: 'root.closed',
      eta: null,
      state: 'pending',
    });
    expect(await test.queue.update(job.uuid, { tags: [] })).toMatchObject({ tags: [], priority: 1 });
    const noted = await test.dataSource.query(
      'SELECT actor, action, details FROM queue_job_audit WHERE target = $1 ORDER BY id',
      [job.uuid],
    );
    expect(noted).toEqual([
      {
        actor: 'ada',
        action: 'jobs.update',
        details: { changed: ['priority', 'description', 'tags', 'args'] },
      },
      { actor: 'the application', action: 'jobs.update', details: { changed: ['tags'] } },
    ]);
  });

  it('runs where and when it says now', async () => {
    const job = await closed();
    expect(await test.queue.update(job.uuid, { eta: '1h', channel: 'made-for-it' })).toMatchObject({
      channel: 'root.made-for-it',
      state: 'pending',
    });
    await test.queue.update(job.uuid, { eta: 0, args: ['now'] });
    expect(await test.queue.finished(job)).toBe('now');
  });

  it('may wait for its parents, or have failed', async () => {
    const build = test.queue.delayable(worker, { channel: 'closed' });
    const [parent, child] = (await chain(build.run(1), test.queue.delayable(worker).run(2)).delay()) as [
      QueueJob,
      QueueJob,
    ];
    expect(await test.queue.update(child.uuid, { args: [3], eta: 0 })).toMatchObject({
      state: 'wait_dependencies',
    });
    await test.queue.setDone(parent.uuid);
    expect(await test.queue.finished(child)).toBe(3);

    worker.work = () => {
      throw new Error('wrong argument');
    };
    const failed = await test.queue.withDelay(worker).run('wrong');
    await eventually(async () => expect((await test.queue.find(failed.uuid))?.state).toBe('failed'));
    expect(await test.queue.update(failed.uuid, { args: ['right'] })).toMatchObject({ state: 'failed' });
    worker.work = (value) => value;
    await test.queue.requeue(failed.uuid);
    expect(await test.queue.finished(failed)).toBe('right');
  });

  it('is not one that a node has, or that has ended, or that is not there', async () => {
    const gate = new Gate();
    worker.work = () => gate.opened;
    const job = await test.queue.withDelay(worker).run('old');
    await eventually(async () => expect((await test.queue.find(job.uuid))?.state).toBe('started'));
    await expect(test.queue.update(job.uuid, { args: ['new'] })).rejects.toThrow(JobStateError);
    gate.open();
    await test.queue.finished(job);
    await expect(test.queue.update(job.uuid, { priority: 0 })).rejects.toThrow(
      'it is done, and update takes jobs',
    );
    expect(await test.queue.find(job.uuid)).toMatchObject({ args: ['old'], priority: 10 });
    await expect(test.queue.update('01900000-0000-7000-8000-000000000000', { priority: 0 })).rejects.toThrow(
      JobNotFoundError,
    );
  });

  it('is either changed before its claim or not at all, whichever comes first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const job = await test.queue.withDelay(worker, { eta: 0.02 }).run('old');
      const changed = await test.queue.update(job.uuid, { args: ['new'] }).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(JobStateError);
          return false;
        },
      );
      expect(await test.queue.finished(job)).toBe(changed ? 'new' : 'old');
    }
  });
});
