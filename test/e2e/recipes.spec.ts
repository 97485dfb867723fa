import { jest } from '@jest/globals';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type QueueJob, QueueJobModule, QueueService } from '../../lib/index.js';
import { connectionFields } from '../support/connection-fields.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { importExample } from '../support/document-example.js';
import { eventually } from '../support/eventually.js';

interface Customers {
  readonly CrmSync: Type<{ push(customer: string, contact: number): Promise<void> }>;
  readonly CrmModule: Type;
}

interface SearchIndex {
  readonly SearchIndexService: Type<{ rowChanged(): Promise<void> }>;
}

describe('the recipes of the documentation', () => {
  let database: TestDatabase;
  let app: INestApplicationContext | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await app?.close();
    await database.drop();
  });

  async function start(imports: Type[], providers: Type[] = []): Promise<QueueService> {
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...connectionFields(database.url),
          autoLoadEntities: true,
          retryAttempts: 1,
        }),
        ...imports,
        ...(imports.length === 0 ? [QueueJobModule.forRoot()] : []),
      ],
      providers,
    })
    class RecipeModule {}
    app = await NestFactory.createApplicationContext(RecipeModule, { logger: ['error', 'fatal'] });
    return app.get(QueueService);
  }

  /**
   * All of it happens within the minute for which the rates count, or the test begins again: on a machine that is busy
   * enough, the minute would be over.
   */
  it('share an API among a thousand customers, with a rate for each and one for all', async () => {
    const calls: string[] = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      calls.push(url as string);
      return Promise.resolve(new Response());
    });
    const { CrmModule, CrmSync } = await importExample<Customers>('docs/channels.md', 'customers.ts');
    const queue = await start([CrmModule]);
    const begun = performance.now();
    const sync = queue.delayable(CrmSync);
    // Ten have more to do than they may, and come first; then nine hundred and ninety with a job each.
    const busy = Array.from({ length: 10 * 40 }, (_, at) => sync.push(`busy${at % 10}`, at));
    const others = Array.from({ length: 990 }, (_, at) => sync.push(`other${at}`, at));
    await queue.delayAll([...busy, ...others]);

    const byCustomer = (): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const url of calls) {
        const customer = new URL(url).pathname.split('/')[1] ?? '';
        counts.set(customer, (counts.get(customer) ?? 0) + 1);
      }
      return counts;
    };
    await eventually(() => expect(calls.length).toBeGreaterThanOrEqual(900), 50_000);
    // Those who come late wait no longer than the others, as the customers take turns.
    await eventually(() => expect(byCustomer().size).toBeGreaterThan(900), 50_000);
    const within = performance.now() - begun < 60_000;
    expect(Math.max(...byCustomer().values())).toBeLessThanOrEqual(within ? 30 : 80);
    expect(calls.length).toBeLessThanOrEqual(within ? 1_000 : 2_000);
    await eventually(async () => {
      const [waiting] = await queue.list({ state: 'pending', limit: 1 });
      const explained = await queue.explain((waiting as QueueJob).uuid);
      expect(explained?.reasons).toContainEqual(
        expect.objectContaining({ kind: 'rate', channel: 'root.crm', limit: 1_000 }),
      );
    }, 50_000);
  }, 120_000);

  it('refresh a search index at most once in its time, and miss no change', async () => {
    const { SearchIndexService } = await importExample<SearchIndex>(
      'docs/keys.md',
      'search-index.service.ts',
      {
        "'10 s'": "'1 s'",
      },
    );
    const queue = await start([], [SearchIndexService]);
    const index = app?.get(SearchIndexService);
    const until = performance.now() + 3_500;
    while (performance.now() < until) {
      await Promise.all([index?.rowChanged(), index?.rowChanged()]);
      await new Promise((done) => setTimeout(done, 5));
    }
    const [last] = await queue.list({ name: 'SearchIndexService.refresh', state: 'pending', limit: 1 });
    const refreshes = await eventually(async () => {
      const done = await queue.list({ name: 'SearchIndexService.refresh', state: 'done' });
      expect(await queue.counts()).toMatchObject({ pending: 0, enqueued: 0, started: 0 });
      return done;
    });
    expect(refreshes.map(({ uuid }) => uuid)).toContain(last?.uuid);
    expect(refreshes.length).toBeGreaterThan(1);
    const starts = refreshes
      .map(({ dateEnqueued }) => dateEnqueued?.getTime() ?? 0)
      .toSorted((a, b) => a - b);
    for (const [at, date] of starts.entries())
      if (at > 0) expect(date - (starts[at - 1] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});
