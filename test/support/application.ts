import {
  type INestApplicationContext,
  type LoggerService,
  type LogLevel,
  Module,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { connectionFields } from './connection-fields.js';
import { throughPooler, withoutSession } from './pooler.js';
import {
  BatchService,
  ChannelService,
  JobRunner,
  QueueJobModule,
  type QueueJobModuleOptions,
  QueueService,
} from '../../lib/index.js';

export interface TestApplication {
  readonly app: INestApplicationContext;
  readonly queue: QueueService;
  readonly batches: BatchService;
  readonly channels: ChannelService;
  readonly runner: JobRunner;
  readonly dataSource: DataSource;
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
}

export interface TestApplicationOptions {
  readonly url: string;
  readonly providers: Provider[];
  readonly options?: QueueJobModuleOptions;
  readonly entities?: Type[];
  readonly imports?: ModuleMetadata['imports'];
  readonly dataSource?: object;
  /** What `NestFactory` gets besides. */
  readonly nest?: object;
  /** Default: errors alone. */
  readonly logger?: LoggerService | LogLevel[] | false;
}

/** A whole application with the queue, on its own database. The caller closes it. */
export async function startApplication(test: TestApplicationOptions): Promise<TestApplication> {
  const {
    url,
    providers,
    options = {},
    entities = [],
    imports = [],
    dataSource = {},
    nest = {},
    logger = ['error', 'fatal'],
  } = test;
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...connectionFields(throughPooler(url)),
        autoLoadEntities: true,
        entities,
        retryAttempts: 1,
        ...dataSource,
      }),
      QueueJobModule.forRoot(withoutSession(stoppingSoon(options))),
      ...imports,
    ],
    providers,
  })
  class TestModule {}

  const app = await NestFactory.createApplicationContext(TestModule, {
    logger,
    abortOnError: false,
    ...nest,
  });
  return {
    app,
    queue: app.get(QueueService),
    batches: app.get(BatchService),
    channels: app.get(ChannelService),
    runner: app.get(JobRunner),
    dataSource: app.get(DataSource),
    get: (type) => app.get(type, { strict: false }),
    close: () => app.close(),
  };
}

/** A test that fails may leave a method running: nobody waits long for it. */
function stoppingSoon(options: QueueJobModuleOptions): QueueJobModuleOptions {
  const { runner } = options;
  return runner === false ? options : { ...options, runner: { shutdownTimeout: 2_000, ...runner } };
}
