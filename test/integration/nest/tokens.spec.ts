import { type DynamicModule, Injectable, Module, type Provider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AmbiguousProviderError,
  DuplicateJobNameError,
  Job,
  NotAJobError,
  NotAProviderError,
  QueueJobModule,
  QueueService,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** What applications inject where several implementations exist. */
abstract class Storage {
  abstract put(name: string): Promise<string>;
}

@Injectable()
class DiskStorage extends Storage {
  @Job()
  override async put(name: string): Promise<string> {
    return `${name} on disk`;
  }
}

@Injectable()
class CloudStorage extends Storage {
  @Job()
  override async put(name: string): Promise<string> {
    return `${name} in the cloud`;
  }
}

@Injectable()
class ExportService {
  @Job({ priority: 3 })
  async run(what: string): Promise<string> {
    return `exported ${what}`;
  }
}

/** As tests write one: no decorator, and no more than the test needs. */
class FakeExport {
  async run(what: string): Promise<string> {
    return `faked ${what}`;
  }
}

class Mailer {
  constructor(
    readonly host: string,
    readonly options = { tries: 1 },
  ) {}

  @Job()
  async send(): Promise<string> {
    return this.host;
  }
}

class Named {
  constructor(readonly host: string) {}

  @Job({ name: 'mail' })
  async send(): Promise<string> {
    return this.host;
  }
}

const PRODUCTION = Symbol('production');

describe('a provider with jobs', () => {
  let database: TestDatabase;
  const started: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const test of started.splice(0)) await test.close();
  });

  afterAll(async () => database.drop());

  const start = async (
    providers: Provider[],
    options: { imports?: DynamicModule[]; nest?: object; runner?: false } = {},
  ): Promise<TestApplication> => {
    const { imports = [], nest = {}, ...module } = options;
    const test = await startApplication({ url: database.url, providers, imports, nest, options: module });
    started.push(test);
    return test;
  };
  const runs = async ({ queue }: TestApplication, delayed: Promise<{ uuid: string }>): Promise<unknown> =>
    queue.finished((await delayed).uuid, { timeout: 5_000 });

  describe('behind the token of another class', () => {
    it('is delayed by the token, by its own class and by the injected instance', async () => {
      const test = await start([{ provide: Storage, useClass: DiskStorage }]);
      const job = await test.queue.withDelay(Storage).put('a');
      expect(job.name).toBe('Storage.put');
      expect(await runs(test, Promise.resolve(job))).toBe('a on disk');
      expect(await runs(test, test.queue.withDelay(DiskStorage).put('b'))).toBe('b on disk');
      const injected = test.app.get<Storage>(Storage);
      expect(await runs(test, test.queue.withDelay(injected).put('c'))).toBe('c on disk');
    });

    it('has jobs that another process runs with its own binding', async () => {
      const web = await start([{ provide: Storage, useClass: DiskStorage }], { runner: false });
      const job = await web.queue.withDelay(Storage).put('a');
      const worker = await start([{ provide: Storage, useFactory: () => new CloudStorage() }]);
      expect(await runs(worker, Promise.resolve(job))).toBe('a in the cloud');
    });

    it('is one provider with two tokens where one of these is useExisting', async () => {
      const test = await start([DiskStorage, { provide: Storage, useExisting: DiskStorage }]);
      const [byToken, byClass] = [
        await test.queue.withDelay(Storage).put('a'),
        await test.queue.withDelay(DiskStorage).put('b'),
      ];
      expect([byToken.name, byClass.name]).toEqual(['Storage.put', 'DiskStorage.put']);
      expect(await runs(test, Promise.resolve(byToken))).toBe('a on disk');
      expect(await runs(test, test.queue.withDelay(test.get(DiskStorage)).put('c'))).toBe('c on disk');
    });

    it('may have an alias although its job has a name of its own', async () => {
      const test = await start([
        { provide: Named, useValue: new Named('here') },
        { provide: 'ALIAS', useExisting: Named },
      ]);
      expect(await runs(test, test.queue.withDelay(Named).send())).toBe('here');
      expect(await runs(test, test.queue.withDelay(test.app.get<Named>('ALIAS')).send())).toBe('here');
    });
  });

  describe('replaced in a test', () => {
    const testing = async (
      replace: (builder: ReturnType<typeof Test.createTestingModule>) => typeof builder,
    ) => {
      const builder = replace(
        Test.createTestingModule({
          imports: [
            TypeOrmModule.forRoot({ type: 'postgres', url: database.url, autoLoadEntities: true }),
            QueueJobModule.forRoot(),
          ],
          providers: [ExportService],
        }),
      );
      const app = (await builder.compile()).createNestApplication({ logger: false });
      await app.init();
      started.push(app);
      return { app, queue: app.get(QueueService) };
    };

    it.each<[string, object]>([
      ['an object', { run: async (what: string) => `faked ${what}` }],
      ['an instance of another class', new FakeExport()],
      [
        'a proxy that has every method',
        new Proxy(
          {},
          { get: (_, key) => (key === 'run' ? async (what: string) => `faked ${what}` : undefined) },
        ),
      ],
    ])('by %s, runs that one, with the options of the class', async (_, fake) => {
      const { app, queue } = await testing((builder) =>
        builder.overrideProvider(ExportService).useValue(fake),
      );
      const byClass = await queue.withDelay(ExportService).run('a');
      expect(byClass).toMatchObject({ name: 'ExportService.run', priority: 3 });
      await expect(queue.finished(byClass, { timeout: 5_000 })).resolves.toBe('faked a');
      const byInstance = await queue.withDelay(app.get(ExportService)).run('b');
      await expect(queue.finished(byInstance, { timeout: 5_000 })).resolves.toBe('faked b');
    });

    it('by another class, runs that one, with the options of the class', async () => {
      const { app, queue } = await testing((builder) =>
        builder.overrideProvider(ExportService).useClass(FakeExport),
      );
      const job = await queue.withDelay(app.get(ExportService)).run('a');
      expect(job).toMatchObject({ name: 'ExportService.run', priority: 3 });
      await expect(queue.finished(job, { timeout: 5_000 })).resolves.toBe('faked a');
    });

    it('by an object without the method, refuses the call and says so', async () => {
      const { queue } = await testing((builder) => builder.overrideProvider(ExportService).useValue({}));
      const call = queue.withDelay(ExportService).run('a');
      await expect(call).rejects.toThrow(NotAJobError);
      await expect(call).rejects.toThrow(
        'what is bound to ExportService in this application has no method run()',
      );
    });
  });

  describe('of which there are two instances of one class', () => {
    const two: Provider[] = [
      { provide: PRODUCTION, useFactory: () => new Mailer('production') },
      { provide: 'SANDBOX', useFactory: () => new Mailer('sandbox') },
    ];

    it.each([false, true])('runs on the one that was named (proxies: %s)', async (proxied) => {
      const wrap = (one: unknown): unknown => (one instanceof Mailer ? new Proxy(one, {}) : one);
      const test = await start(two, proxied ? { nest: { instrument: { instanceDecorator: wrap } } } : {});
      for (const [token, host] of [
        [PRODUCTION, 'production'],
        ['SANDBOX', 'sandbox'],
      ] as const) {
        const job = await test.queue.withDelay(test.app.get<Mailer>(token)).send();
        expect(job.name).toBe(`${host === 'sandbox' ? 'SANDBOX' : 'production'}.send`);
        expect(await runs(test, Promise.resolve(job))).toBe(host);
      }
    });

    it.each<[string, () => object]>([
      ['their class', () => Mailer],
      ['an instance that is none of them', () => new Mailer('neither')],
    ])('refuses a call by %s, and lists their tokens', async (_, given) => {
      const test = await start(two, { runner: false });
      const call = test.queue.withDelay(given() as Mailer).send();
      await expect(call).rejects.toThrow(AmbiguousProviderError);
      await expect(call).rejects.toThrow('instances of Mailer: production, SANDBOX');
    });

    it('stops the start where both jobs have one name', async () => {
      const refused = start([
        { provide: 'ONE', useFactory: () => new Named('one') },
        { provide: 'TWO', useFactory: () => new Named('two') },
      ]);
      await expect(refused).rejects.toThrow(DuplicateJobNameError);
      await expect(refused).rejects.toThrow(
        "a job named 'mail': ONE.send (in TestModule) and TWO.send (in TestModule). It comes from @Job({ name })",
      );
    });
  });

  describe('of a dynamic module that is imported twice', () => {
    class Host {
      constructor(readonly name: string) {}
    }
    @Module({})
    class MailModule {
      static register(providers: Provider[]): DynamicModule {
        return {
          module: MailModule,
          providers,
          exports: providers,
        };
      }
    }
    @Injectable()
    class Injected extends Mailer {
      constructor(host: Host) {
        super(host.name);
      }
    }
    class Secretive {
      #host: string;
      constructor(host: string) {
        this.#host = host;
      }

      @Job()
      async send(): Promise<string> {
        return this.#host;
      }
    }
    const twice = async (make: (host: string) => Provider[], hosts: readonly string[]) =>
      start([], { runner: false, imports: hosts.map((host) => MailModule.register(make(host))) });

    it.each<[string, (host: string) => Provider[]]>([
      ['values', (host) => [{ provide: Mailer, useValue: new Mailer(host) }]],
      ['factories', (host) => [{ provide: Mailer, useFactory: () => new Mailer(host) }]],
      ['options', (tries) => [{ provide: Mailer, useValue: new Mailer('', { tries: tries.length }) }]],
      ['hidden state', (host) => [{ provide: Secretive, useFactory: () => new Secretive(host) }]],
      [
        'what is injected',
        (host) => [
          { provide: Host, useValue: new Host(host) },
          { provide: Injected, useClass: Injected },
        ],
      ],
    ])('stops the start where the two differ in their %s', async (_, make) => {
      const refused = twice(make, ['production', 'box']);
      await expect(refused).rejects.toThrow(DuplicateJobNameError);
      await expect(refused).rejects.toThrow(/is provided more than once \(in MailModule and MailModule\)/);
    });

    it('is one provider where the two are alike', async () => {
      const make = (host: string): Provider[] => [
        { provide: Host, useValue: new Host(host) },
        { provide: Injected, useClass: Injected },
      ];
      const test = await twice(make, ['same', 'same']);
      await expect(test.queue.withDelay(Injected).send()).resolves.toMatchObject({ name: 'Injected.send' });
    });
  });

  it('that no module provides is refused', async () => {
    const test = await start([], { runner: false });
    await expect(test.queue.withDelay(ExportService).run('a')).rejects.toThrow(NotAProviderError);
  });
});
