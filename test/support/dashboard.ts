import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type LoggerService,
  type LogLevel,
  Module,
  type ModuleMetadata,
  type Provider,
  type INestApplication,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  QueueJobDashboardModule,
  type QueueJobDashboardExtras,
  type QueueJobDashboardOptions,
} from '../../lib/dashboard.js';
import { BatchService, QueueJobModule, type QueueJobModuleOptions, QueueService } from '../../lib/index.js';

/** The HTTP servers that an application may have. */
export const ADAPTERS: readonly (readonly [string, (options?: object) => AbstractHttpAdapter])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', (options = {}) => new FastifyAdapter(options)],
];

/** Lets in who says the word, and makes the name they give their user. */
@Injectable()
export class WordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<{ headers: Record<string, string | undefined>; user?: { name: string } }>();
    const [word, name = 'ada'] = (request.headers['authorization'] ?? '').split(':');
    request.user = { name };
    return word === 'open sesame';
  }
}

export interface TestDashboard {
  readonly app: INestApplication;
  readonly queue: QueueService;
  readonly batches: BatchService;
  readonly dataSource: DataSource;
  /** Where the server listens. */
  readonly origin: string;
  /** Asks the API, the word said; `path` comes after `api/`. */
  readonly api: (path: string, init?: RequestInit) => Promise<Response>;
  /** What the API answers to a GET, which must be of status 200. */
  readonly get: <T>(path: string) => Promise<T>;
  /** Sends JSON as the page does. */
  readonly send: (path: string, body: unknown, method?: string) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface TestDashboardOptions {
  readonly url: string;
  readonly adapter: AbstractHttpAdapter;
  readonly providers?: Provider[];
  readonly controllers?: NonNullable<ModuleMetadata['controllers']>;
  readonly options?: QueueJobModuleOptions;
  /** Default: behind {@link WordGuard}. */
  readonly dashboard?: QueueJobDashboardOptions & QueueJobDashboardExtras;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly entities?: (new () => object)[];
  readonly prefix?: string;
  /** Called before the application listens. */
  readonly prepare?: (app: INestApplication) => void;
  readonly logger?: LoggerService | LogLevel[] | false;
  /** False: the application reads bodies itself, or not at all. */
  readonly bodyParser?: boolean;
}

/** A whole application with a dashboard, listening. The caller closes it. */
export async function startDashboard(test: TestDashboardOptions): Promise<TestDashboard> {
  const { dashboard = { guards: [WordGuard] }, prefix = 'admin/v1' } = test;
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: test.url,
        autoLoadEntities: true,
        entities: [...(test.entities ?? [])],
        retryAttempts: 1,
      }),
      QueueJobModule.forRoot({ runner: false, ...test.options }),
      QueueJobDashboardModule.forRoot(dashboard),
      ...(test.imports ?? []),
    ],
    controllers: [...(test.controllers ?? [])],
    providers: test.providers ?? [],
  })
  class TestModule {}

  const app = await NestFactory.create(TestModule, test.adapter, {
    logger: test.logger ?? ['error', 'fatal'],
    abortOnError: false,
    ...(test.bodyParser === undefined ? {} : { bodyParser: test.bodyParser }),
  });
  if (prefix !== '') app.setGlobalPrefix(prefix);
  test.prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): { port: number } }).address();
  const origin = `http://127.0.0.1:${port}`;
  const base = `${origin}/${prefix === '' ? '' : `${prefix}/`}${dashboard.path ?? 'queue-jobs'}/api/`;
  const api = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', 'open sesame');
    return fetch(base + path, { redirect: 'manual', ...init, headers });
  };
  return {
    app,
    queue: app.get(QueueService),
    batches: app.get(BatchService),
    dataSource: app.get(DataSource),
    origin,
    api,
    get: async <T>(path: string): Promise<T> => {
      const response = await api(path);
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    send: async (path, body, method = 'POST') =>
      api(path, {
        method,
        headers: { 'content-type': 'application/json', 'x-queue-jobs': '1' },
        body: JSON.stringify(body),
      }),
    close: () => app.close(),
  };
}
