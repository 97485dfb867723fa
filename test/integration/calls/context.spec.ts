import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { type ContextId, ContextIdFactory, type ContextIdStrategy, REQUEST } from '@nestjs/core';
import { Job, QueueJob, type QueueJobModuleOptions } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** What the module option carries along, and what it does not. */
const user = new AsyncLocalStorage<{ name: string; since: Date } | undefined>();
const tenant = new AsyncLocalStorage<string>();

@Injectable()
class Worker {
  work: () => unknown = () => undefined;

  @Job()
  async run(): Promise<unknown> {
    return this.work();
  }
}

@Injectable({ scope: Scope.REQUEST })
class Ledger {
  constructor(@Inject(REQUEST) readonly job: QueueJob) {}
}

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  static made = 0;
  readonly number = ++Scoped.made;

  constructor(
    @Inject(REQUEST) readonly job: QueueJob,
    readonly ledger: Ledger,
  ) {}

  @Job()
  async tell(_label: string): Promise<unknown> {
    return { number: this.number, own: this.job.uuid, ledger: this.ledger.job.uuid, args: this.job.args };
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class TenantConnection {
  static made = 0;
  readonly number = ++TenantConnection.made;

  constructor(@Inject(REQUEST) readonly owner: { readonly id: string }) {}
}

@Injectable({ scope: Scope.REQUEST })
class TenantWork {
  constructor(
    private readonly connection: TenantConnection,
    @Inject(REQUEST) private readonly job: QueueJob,
  ) {}

  @Job()
  async run(_tenant: string): Promise<unknown> {
    return [this.connection.owner.id, this.connection.number, this.job.uuid];
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class DurableWork {
  static made = 0;
  readonly number = ++DurableWork.made;

  constructor(@Inject(REQUEST) private readonly owner: { readonly id: string }) {}

  @Job()
  async run(_tenant: string): Promise<unknown> {
    return [this.owner.id, this.number];
  }
}

/** As Nest's documentation has it, with the tenant from the job. */
class ByTenant implements ContextIdStrategy {
  private readonly tenants = new Map<string, ContextId>();

  attach(contextId: ContextId, request: unknown): ReturnType<ContextIdStrategy['attach']> {
    if (!(request instanceof QueueJob)) return () => contextId;
    const id = String(request.args[0]);
    const ofTenant = this.tenants.get(id) ?? { id: this.tenants.size };
    this.tenants.set(id, ofTenant);
    return {
      resolve: ({ isTreeDurable }) => (isTreeDurable ? ofTenant : contextId),
      payload: { id },
    };
  }
}

describe('around a job', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let web: TestApplication;
  let worker: Worker;

  beforeAll(async () => {
    database = await createTestDatabase();
    const start = async (options: QueueJobModuleOptions) =>
      startApplication({
        url: database.url,
        providers: [Worker, Scoped, Ledger, TenantConnection, TenantWork, DurableWork],
        options: {
          ...options,
          context: {
            capture: () => user.getStore(),
            run: (context: { name: string; since: Date }, work) => user.run(context, work),
          },
        },
        logger: false,
      });
    web = await start({ runner: false });
    test = await start({});
    worker = test.get(Worker);
  });

  afterAll(async () => {
    await test.close();
    await web.close();
    await database.drop();
  });

  it('what was captured at the call is there again, also in another process', async () => {
    const since = new Date(0);
    worker.work = () => user.getStore();
    const job = await user.run({ name: 'Ada', since }, async () => web.queue.withDelay(Worker).run());
    await expect(web.queue.finished(job, { timeout: 5_000 })).resolves.toEqual({ name: 'Ada', since });
    expect(job.context).toEqual({ name: 'Ada', since });
    expect((await test.queue.find(job.uuid))?.context).toEqual({ name: 'Ada', since });
  });

  it('a call captures the context that the job has', async () => {
    const names: unknown[] = [];
    worker.work = async () => {
      names.push(user.getStore()?.name);
      if (names.length < 2) return (await web.queue.withDelay(Worker).run()).uuid;
      return undefined;
    };
    const job = await user.run({ name: 'Ada', since: new Date() }, async () =>
      web.queue.withDelay(Worker).run(),
    );
    await test.queue.finished(String(await test.queue.finished(job, { timeout: 5_000 })), { timeout: 5_000 });
    expect(names).toEqual(['Ada', 'Ada']);
  });

  it('there is nothing of a caller that was not captured, even where the call has woken this very node', async () => {
    worker.work = () => tenant.getStore() ?? 'none';
    const job = await tenant.run('acme', async () => test.queue.withDelay(worker).run());
    expect(job.context).toBeNull();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('none');
  });

  it('a request-scoped provider is made for each job, with the job as its request', async () => {
    const jobs = await Promise.all(['a', 'b'].map((label) => test.queue.withDelay(Scoped).tell(label)));
    const results = await Promise.all(jobs.map((job) => test.queue.finished(job, { timeout: 5_000 })));
    expect(results).toMatchObject([
      { own: jobs[0]?.uuid, ledger: jobs[0]?.uuid, args: ['a'] },
      { own: jobs[1]?.uuid, ledger: jobs[1]?.uuid, args: ['b'] },
    ]);
    expect(new Set(results.map((result) => (result as { number: number }).number)).size).toBe(2);
  });

  it('durable providers are those of the context that the strategy of the application names', async () => {
    const before = (ContextIdFactory as unknown as { strategy?: ContextIdStrategy }).strategy;
    ContextIdFactory.apply(new ByTenant());
    try {
      const results: unknown[] = [];
      const uuids: string[] = [];
      for (const [provider, owner] of [
        [TenantWork, 'a'],
        [TenantWork, 'b'],
        [TenantWork, 'a'],
        [DurableWork, 'a'],
        [DurableWork, 'b'],
        [DurableWork, 'a'],
      ] as const) {
        const job = await test.queue.withDelay<TenantWork | DurableWork>(provider).run(owner);
        uuids.push(job.uuid);
        results.push(await test.queue.finished(job.uuid, { timeout: 5_000 }));
      }
      expect(results).toEqual([
        ['a', 1, uuids[0]],
        ['b', 2, uuids[1]],
        ['a', 1, uuids[2]],
        ['a', 1],
        ['b', 2],
        ['a', 1],
      ]);
    } finally {
      ContextIdFactory.apply(before as ContextIdStrategy);
    }
  });
});
