import { Injectable } from '@nestjs/common';
import { InvalidJobOptionError, Job, NotAJobError, RelatedAction } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { LogBook } from '../../support/log-book.js';

const spans: string[] = [];

/** As tracing packages do: another function in the method's place. */
const Span = (): MethodDecorator => (_target, key, descriptor) => {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
    spans.push(String(key));
    return method.apply(this, args);
  } as never;
};

/** As `@autobind` does: a getter in the method's place. */
const Bound = (): MethodDecorator => (_target, _key, descriptor) => {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  return {
    configurable: true,
    get(this: unknown) {
      return (...args: unknown[]): unknown => method.apply(this, args);
    },
  } as never;
};

/** As some do with a class: another one in its place, with its methods wrapped. */
const Traced =
  () =>
  <T extends new () => { run(): Promise<string> }>(target: T): T =>
    class extends (target as new () => { run(): Promise<string> }) {
      override async run(): Promise<string> {
        spans.push('traced');
        return super.run();
      }
    } as unknown as T;

@Injectable()
class Exporter {
  private readonly greeting = 'exported';

  @Span()
  @Job()
  @RelatedAction({ action: () => ({ url: '/below' }) })
  async above(what: string): Promise<string> {
    return `${this.greeting} ${what}`;
  }

  @Job()
  @Span()
  async below(what: string): Promise<string> {
    return `${this.greeting} ${what}`;
  }

  @RelatedAction({ action: () => ({ url: '/around' }) })
  @Span()
  @Job()
  @Span()
  async around(what: string): Promise<string> {
    return `${this.greeting} ${what}`;
  }

  @Bound()
  @Job()
  async bound(what: string): Promise<string> {
    return `${this.greeting} ${what}`;
  }

  @Span()
  async none(): Promise<void> {}
}

@Injectable()
class Daughter extends Exporter {
  @Span()
  override async below(): Promise<string> {
    return 'overridden';
  }
}

@Traced()
@Injectable()
class Replaced {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

describe('another decorator', () => {
  let database: TestDatabase;
  let test: TestApplication;
  const logBook = new LogBook();

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startApplication({
      url: database.url,
      providers: [Exporter, Daughter, Replaced],
      logger: logBook,
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it.each(['above', 'below', 'around', 'bound'] as const)(
    'that replaces the method does not hide its @Job(): %s',
    async (method) => {
      spans.length = 0;
      const job = await test.queue.withDelay(Exporter)[method]('books');
      expect(job.name).toBe(`Exporter.${method}`);
      await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('exported books');
      const wraps = { above: 1, below: 1, around: 2, bound: 0 }[method];
      expect(spans).toEqual(Array.from({ length: wraps }, () => method));
    },
  );

  it.each([
    ['above', '/below'],
    ['around', '/around'],
  ] as const)('does not hide its @RelatedAction(): %s', async (method, url) => {
    const job = await test.queue.withDelay(Exporter, { eta: '1h' })[method]('books');
    expect(await test.queue.relatedAction(job.uuid)).toEqual({ url });
  });

  it('makes no job of a method that has no @Job()', async () => {
    await expect(test.queue.withDelay(Exporter).none()).rejects.toThrow(NotAJobError);
  });

  it('does not make a job of a method that overrides one', async () => {
    await expect(test.queue.withDelay(Daughter).below()).rejects.toThrow(NotAJobError);
    expect(logBook.entries.map(({ message }) => message)).toContain(
      "Daughter.below overrides a job without @Job(): it can't be delayed. Decorate it too.",
    );
  });

  it('leaves the jobs that a class inherits', async () => {
    const job = await test.queue.withDelay(Daughter).above('maps');
    expect(job.name).toBe('Daughter.above');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('exported maps');
  });

  it('that replaces the class does not hide the jobs of its methods, nor their names', async () => {
    spans.length = 0;
    const job = await test.queue.withDelay(Replaced).run();
    expect(job.name).toBe('Replaced.run');
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('ran');
    expect(spans).toEqual(['traced']);
  });
});

describe('@Job()', () => {
  const decorate = (target: object, key: string | symbol): void => {
    Job()(target, key, Object.getOwnPropertyDescriptor(target, key) as never);
  };
  const symbol = Symbol('run');

  class Odd {
    static run(): void {}
    [symbol](): void {}
    *steps(): Generator<number> {
      yield 1;
    }
    async *stream(): AsyncGenerator<number> {
      yield 1;
    }
  }

  it.each<[string, object, string | symbol, RegExp]>([
    ['a static method', Odd, 'run', /^Odd\.run: @Job\(\) stands on a static method/],
    ['a method named by a symbol', Odd.prototype, symbol, /stands on a method without a name/],
    ['a generator', Odd.prototype, 'steps', /^Odd\.steps: @Job\(\) stands on a generator/],
    ['an async generator', Odd.prototype, 'stream', /^Odd\.stream: @Job\(\) stands on a generator/],
  ])('is refused on %s', (_, target, key, message) => {
    expect(() => decorate(target, key)).toThrow(InvalidJobOptionError);
    expect(() => decorate(target, key)).toThrow(message);
  });
});
