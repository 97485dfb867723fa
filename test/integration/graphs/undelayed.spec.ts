import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chain } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log-book.js';
import { builder, Steps } from '../../support/steps.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A collection takes seconds in a worker that has run many files. */
const PATIENCE_MS = 40_000;

describe('a delayable that was never delayed', () => {
  let database: TestDatabase;
  let test: TestApplication;
  let log: LogBook;
  const environment = process.env['NODE_ENV'];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    process.env['NODE_ENV'] = environment;
    await test.close();
  });

  afterAll(async () => {
    await database.drop();
  });

  const startIn = async (name: string): Promise<void> => {
    process.env['NODE_ENV'] = name;
    log = new LogBook();
    const options = { channels: 'closed:1:paused', defaults: { channel: 'closed' } };
    test = await startApplication({ url: database.url, providers: [Steps], options, logger: log });
  };
  const warnings = () =>
    log.entries.filter(({ level, message }) => level === 'warn' && message.includes('never delayed'));

  it('is told in the log in development, a graph in one line', async () => {
    await startIn('development');
    const build = builder(test.queue);
    await (async () => {
      await chain(build.run('kept'), build.run('kept too')).delay();
      await test.queue.delayable(Steps).each('', [1, 2]).split(1).delay();
      chain(build.run('first'), build.run('second'));
    })();
    await eventually(() => {
      collectGarbage();
      const jobs = warnings().flatMap(({ params }) => params['jobs'] as string[]);
      expect(jobs.toSorted()).toEqual(['first', 'second']);
    }, PATIENCE_MS);
    expect(warnings()[0]?.message).toMatch(/so nothing was stored: (first|second)/);
    expect(warnings()[0]?.context).toBe('QueueJob');
  });

  it('is told by nobody in production', async () => {
    await startIn('production');
    const gone: string[] = [];
    const registry = new FinalizationRegistry((label: string) => gone.push(label));
    // By the time that the last one is known to be gone, the first would have been told of.
    for (const label of ['first', 'second', 'last']) {
      (() => registry.register(builder(test.queue).run(label), label))();
      await eventually(() => {
        collectGarbage();
        expect(gone).toContain(label);
      }, PATIENCE_MS);
    }
    expect(warnings()).toEqual([]);
  }, 180_000);
});
