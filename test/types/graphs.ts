// Compiled against the built declarations, never run: a line that compiles against its will fails the type check.
import { expectTypeOf } from 'expect-type';
import type { EntityManager } from 'typeorm';
import {
  chain,
  type DelayableChain,
  type DelayableGroup,
  type DelayableJob,
  type DelayableNode,
  group,
  type QueueJob,
  type QueueService,
} from 'nestjs-queue-job';

class Closing {
  async load(_day: Date): Promise<number> {
    return 0;
  }

  async check(_lines: readonly string[], _strict?: boolean): Promise<void> {}
}

declare const queue: QueueService;
declare const manager: EntityManager;
const jobs = queue.delayable(Closing);

export async function building(): Promise<void> {
  const load = jobs.load(new Date());
  // Each answers with itself.
  expectTypeOf(load.onDone(jobs.check([]))).toEqualTypeOf<DelayableJob<number>>();
  expectTypeOf(chain(load, group(jobs.check([]), jobs.check([])))).toEqualTypeOf<DelayableChain>();
  expectTypeOf(group(load, chain(jobs.check([]))).onDone(load)).toEqualTypeOf<DelayableGroup>();
  const many: DelayableNode[] = [load, chain(load), group(load)];
  chain(...many).onDone(...many, load);
  chain(...[1, 2].map(() => jobs.load(new Date())));

  // @ts-expect-error A job that is stored already.
  chain(queue.withDelay(Closing).load(new Date()));
  // @ts-expect-error What it would be stored as.
  group({} as QueueJob);
  // @ts-expect-error The methods are not called.
  load.onDone(jobs);
  // @ts-expect-error
  chain([load]);
  // @ts-expect-error
  load.onDone(undefined);
  // @ts-expect-error A wrong argument.
  chain(jobs.load('today'));
}

export async function storing(): Promise<void> {
  const load = jobs.load(new Date());
  expectTypeOf(await load.delay()).toEqualTypeOf<QueueJob<number>>();
  expectTypeOf(await load.onDone(jobs.check([])).delay({ manager })).toEqualTypeOf<QueueJob<number>>();
  expectTypeOf(await chain(load).delay({ manager })).toEqualTypeOf<QueueJob[]>();
  expectTypeOf(await queue.delayAll([load])).toEqualTypeOf<QueueJob<number>[]>();
  expectTypeOf(await queue.delayAll([load, chain(load)], { manager })).toEqualTypeOf<QueueJob[]>();
  // @ts-expect-error
  await chain(load).delay(manager);
  // @ts-expect-error
  await queue.delayAll([load, queue.withDelay(Closing).check([])]);
}

export async function splitting(): Promise<void> {
  const check = jobs.check(['a', 'b']);
  expectTypeOf(check.split(1)).toEqualTypeOf<DelayableGroup>();
  expectTypeOf(check.split(1, { chain: false })).toEqualTypeOf<DelayableGroup>();
  expectTypeOf(check.split(1, { chain: true })).toEqualTypeOf<DelayableChain>();
  expectTypeOf(check.split(1, { chain: Math.random() < 1 })).toEqualTypeOf<DelayableChain | DelayableGroup>();
  // @ts-expect-error
  check.split('1');
  // @ts-expect-error
  check.split(1, { chains: true });
  // @ts-expect-error Only a job can be split.
  chain(check).split(1);
}

export async function reading(job: QueueJob): Promise<void> {
  expectTypeOf(await queue.waitingFor(job.uuid)).toEqualTypeOf<QueueJob[]>();
  const { jobs: all, dependencies } = await queue.graph(job.uuid);
  expectTypeOf(all).toEqualTypeOf<QueueJob[]>();
  expectTypeOf(dependencies[0]?.parent).toEqualTypeOf<string | undefined>();
}
