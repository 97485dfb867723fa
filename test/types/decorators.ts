// Compiled against the built declarations, never run.
import { expectTypeOf } from 'expect-type';
import type { EntityManager } from 'typeorm';
import {
  type CurrentJob,
  currentJob,
  identityExact,
  type IdentityJob,
  Job,
  type JobState,
  QueueJob,
  QueueJobModule,
  RelatedAction,
  RetryableJobError,
  typeCodec,
} from 'nestjs-queue-job';

class Money {
  constructor(readonly cents: number) {}
}

export class Exporter {
  @Job()
  async bare(): Promise<void> {}

  @Job({
    name: 'Exporter.full',
    defaultChannel: 'root.erp',
    retryPattern: { 1: 10, 5: [60, 120] },
    priority: 5,
    maxRetries: 0,
    description: (id: number, name: string) => `${id} ${name}`,
    identityKey: identityExact,
    identityScope: 'until_done',
    timeout: '2 min',
    transactional: true,
    retryOn: (error, job) => error instanceof RetryableJobError && job.retry < 3,
    missing: 'null',
  })
  @RelatedAction({ action: 'open', kwargs: { tab: 'orders' } })
  async full(_id: number, _name: string): Promise<void> {}

  @Job({ description: (id: number) => `${id}`, priority: 1 })
  async describedByTheFirst(_id: number, _name: string): Promise<void> {}

  @Job({ description: (id: number, name?: string) => `${id} ${name ?? 'all'}` })
  async describedByMore(_id: number): Promise<void> {}

  @Job({ identityKey: ({ args: [id] }: IdentityJob<[number]>) => `key ${id}` })
  async keyed(_id: number): Promise<void> {}

  @Job({ identityKey: ({ name, args }) => `${name} ${args.length}`, description: 'Told' })
  async keyedByAny(_id: number): Promise<void> {}

  @Job({ defaultChannel: (id: number) => `tenants.t${id}`, priority: 1 })
  async channelled(_id: number, _name: string): Promise<void> {}

  @Job({ defaultChannel: (id: number) => `t${id}`, description: (id: number) => `${id}` })
  async channelledAndDescribed(_id: number): Promise<void> {}

  // @ts-expect-error The channel is made of another argument than the method has.
  @Job({ defaultChannel: (id: string) => id })
  async wrongChannel(_id: number): Promise<void> {}

  // @ts-expect-error A channel is known at once.
  @Job({ defaultChannel: async (id: number) => Promise.resolve(`t${id}`) })
  async lateChannel(_id: number): Promise<void> {}

  // @ts-expect-error The description takes another argument than the method has.
  @Job({ description: (id: string) => id })
  async wrongDescription(_id: number): Promise<void> {}

  // @ts-expect-error The description needs more arguments than the method has.
  @Job({ description: (id: number, name: string) => `${id} ${name}` })
  async longDescription(_id: number): Promise<void> {}

  // @ts-expect-error The key is made of another argument than the method has.
  @Job({ identityKey: ({ args: [id] }: IdentityJob<[string]>) => id })
  async wrongKey(_id: number): Promise<void> {}

  @Job()
  @RelatedAction({
    action: (job: QueueJob, { tab }: { tab: string }) => ({ label: tab, url: `/jobs/${job.uuid}` }),
    kwargs: { tab: 'orders' },
  })
  async withFunction(): Promise<void> {}

  @Job()
  @RelatedAction({ action: async (job: QueueJob) => ({ data: job.args }) })
  async withAsyncFunction(): Promise<void> {}

  // @ts-expect-error A wrong property.
  @Job({ retries: 3 })
  async wrongProperty(): Promise<void> {}

  // @ts-expect-error A wrong value.
  @Job({ retryOn: 'all' })
  async wrongValue(): Promise<void> {}

  // @ts-expect-error A pair has two ends.
  @Job({ retryPattern: { 1: [1, 2, 3] } })
  async wrongPattern(): Promise<void> {}

  // @ts-expect-error A function of the job, and not its result.
  @RelatedAction({ action: 5 })
  async wrongAction(): Promise<void> {}

  // @ts-expect-error Only methods are jobs.
  @Job()
  readonly field = 5;
}

export function inside(): void {
  const current = currentJob();
  expectTypeOf(current).toEqualTypeOf<CurrentJob>();
  expectTypeOf(current.signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(current.manager).toEqualTypeOf<EntityManager>();
  expectTypeOf(current.job).toEqualTypeOf<QueueJob>();
  expectTypeOf(current.job.state).toEqualTypeOf<JobState>();
  expectTypeOf(current.job.retry).toEqualTypeOf<number>();
  expectTypeOf(current.job.eta).toEqualTypeOf<Date | null>();
  current.progress(1, 2);
  current.postpone(5);
  // @ts-expect-error
  current.progress('half');
  // @ts-expect-error
  current.manager = undefined;
}

export function modules(): void {
  QueueJobModule.forRoot();
  QueueJobModule.forRoot({
    context: {
      capture: () => 'acme',
      // @ts-expect-error The promise of the work has to be returned.
      run: (_tenant: string, work) => {
        void work();
      },
    },
  });
  QueueJobModule.forRoot({ dataSource: 'jobs', isGlobal: false, channels: 'root:20', runner: false });
  QueueJobModule.forRoot({
    channels: [{ name: 'root.erp', capacity: 1, sequential: true }],
    runner: { concurrency: 5, pollInterval: '2 s' },
    context: {
      capture: () => ({ user: 'ada' }),
      run: async ({ user }: { user: string }, work) => [user, await work()],
    },
    codecs: [
      typeCodec({
        name: 'Money',
        type: Money,
        encode: ({ cents }) => cents,
        decode: (cents) => {
          expectTypeOf(cents).toEqualTypeOf<number>();
          return new Money(cents);
        },
      }),
    ],
  });
  QueueJobModule.forRootAsync({
    inject: ['SETTINGS'],
    useFactory: async (concurrency: number) => ({ runner: { concurrency } }),
  });
  QueueJobModule.forRootAsync({ dataSource: 'jobs', useFactory: () => ({}) });
  // @ts-expect-error An unknown option.
  QueueJobModule.forRoot({ channel: 'root:20' });
  // @ts-expect-error Whether jobs run here is false or the runner's options.
  QueueJobModule.forRoot({ runner: true });
  // @ts-expect-error
  QueueJobModule.forRoot({ runner: { concurrency: '5' } });
}
