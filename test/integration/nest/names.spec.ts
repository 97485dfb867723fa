import { Module, type Type } from '@nestjs/common';
import { DuplicateJobNameError, InvalidJobOptionError, Job } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { LogBook } from '../../support/log-book.js';

/** A provider class as a minifier leaves it: its name is gone, those of its methods are not. */
function minified(name: string, methodName: string, options: Parameters<typeof Job>[0] = {}): Type {
  const { [name]: type = class {} }: Record<string, Type> = { [name]: class {} };
  const method = { [methodName]: async (): Promise<string> => methodName }[methodName] as () => unknown;
  Object.defineProperty(type.prototype, methodName, { value: method, configurable: true });
  Job(options)(type.prototype, methodName, { value: method });
  return type;
}

describe('the name of a minified class', () => {
  let database: TestDatabase;
  const started: TestApplication[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const test of started.splice(0)) await test.close();
  });

  afterAll(async () => database.drop());

  const warnings = async (providers: Type[], imports: Type[] = []): Promise<string[]> => {
    const logger = new LogBook();
    started.push(
      await startApplication({ url: database.url, providers, imports, logger, options: { runner: false } }),
    );
    return logger.entries.flatMap(({ level, message }) => (level === 'warn' ? [message] : []));
  };

  it('is warned of at start, once, with the jobs and what to do', async () => {
    const lines = await warnings([minified('a', 'run'), minified('Xe', 'send'), minified('Mailer', 'send')]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('The jobs a.run, Xe.send seem to be named after minified classes.');
    expect(lines[0]).toContain('keepNames');
    expect(lines[0]).toContain("@Job({ name: '…' })");
  });

  it('is no matter where each job has a name of its own', async () => {
    expect(await warnings([minified('a', 'run', { name: 'Mailer.run' })])).toEqual([]);
  });

  it('stops the start where two classes share it', async () => {
    class Other {}
    Module({ providers: [minified('a', 'send')] })(Other);
    const refused = warnings([minified('a', 'run')], [Other]);
    await expect(refused).rejects.toThrow(DuplicateJobNameError);
    await expect(refused).rejects.toThrow("Two classes with jobs are named 'a'");
  });

  it('stops the start where nothing is left of it', async () => {
    const refused = warnings([minified('', 'run')]);
    await expect(refused).rejects.toThrow(InvalidJobOptionError);
    await expect(refused).rejects.toThrow('neither its token nor its class has a name');
  });
});
