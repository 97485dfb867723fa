import { startApplication, type TestApplication, type TestApplicationOptions } from './application.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/**
 * The application of a `describe`, on a database of its own: it starts before its tests and is closed after them.
 *
 * @example
 * ```ts
 * const test = useApplication({ providers: [Worker] });
 * ```
 */
export function useApplication(
  options: Omit<TestApplicationOptions, 'url'>,
): TestApplication & { readonly url: string } {
  let database: TestDatabase | undefined;
  let started: TestApplication | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    started = await startApplication({ ...options, url: database.url });
  });

  afterAll(async () => {
    await started?.close();
    await database?.drop();
  });

  const running = (): TestApplication => {
    if (started === undefined) throw new Error('The application is there in tests and hooks alone.');
    return started;
  };
  return {
    get url() {
      return database?.url ?? '';
    },
    get app() {
      return running().app;
    },
    get queue() {
      return running().queue;
    },
    get batches() {
      return running().batches;
    },
    get channels() {
      return running().channels;
    },
    get runner() {
      return running().runner;
    },
    get dataSource() {
      return running().dataSource;
    },
    get: (type) => running().get(type),
    close: async () => running().close(),
  };
}
