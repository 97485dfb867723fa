// Compiled against the built declarations, never run: a line that compiles against its will fails the type check.
import { expectTypeOf } from 'expect-type';
import type { EntityManager } from 'typeorm';
import {
  type Batch,
  type BatchProgress,
  type BatchService,
  chain,
  type JobState,
  type QueueJob,
  type QueueService,
} from 'nestjs-queue-job';

class Imports {
  async load(_day: Date): Promise<number> {
    return 0;
  }

  async tell(_batch: string): Promise<void> {}
}

declare const queue: QueueService;
declare const batches: BatchService;
declare const manager: EntityManager;
const jobs = queue.delayable(Imports);

export async function watched(): Promise<void> {
  const batch = await batches.create('May', {
    manager,
    jobs: [jobs.load(new Date()), chain(jobs.load(new Date()))],
    onDone: ({ uuid, name }) => jobs.tell(uuid + name),
    onFailure: jobs.tell('failed'),
    onProgress: jobs.tell('progress'),
    progressStep: 5,
  });
  expectTypeOf(batch).toEqualTypeOf<Batch>();
  expectTypeOf(await batch.add(jobs.load(new Date()))).toEqualTypeOf<QueueJob<number>[]>();
  expectTypeOf(await batch.add([jobs.load(new Date())], { manager })).toEqualTypeOf<QueueJob<number>[]>();
  expectTypeOf(await batch.add(chain(jobs.load(new Date())))).toEqualTypeOf<QueueJob[]>();
  expectTypeOf(await batch.progress()).toEqualTypeOf<BatchProgress>();
  expectTypeOf((await batch.finished({ timeout: '1 min' })).counts).toEqualTypeOf<
    Readonly<Record<JobState, number>>
  >();
  expectTypeOf(await batches.find(batch.uuid)).toEqualTypeOf<Batch | null>();
  expectTypeOf(await batches.current()).toEqualTypeOf<Batch | null>();
  expectTypeOf(await batches.list({ state: ['open'] })).toEqualTypeOf<BatchProgress[]>();

  // @ts-expect-error A job that is stored already.
  await batch.add(queue.withDelay(Imports).load(new Date()));
  // @ts-expect-error No such option.
  await batches.create('May', { ondone: jobs.tell('done') });
  // @ts-expect-error A chain is no callback.
  await batches.create('May', { onDone: chain(jobs.tell('done')) });
  // @ts-expect-error No such state.
  await batches.list({ state: 'pending' });
  // @ts-expect-error Batches are made by the queue.
  batch.uuid = 'another';
}
