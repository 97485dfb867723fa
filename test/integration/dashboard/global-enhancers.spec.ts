import {
  type ArgumentsHost,
  BadRequestException,
  type ExceptionFilter,
  type INestApplication,
  type NestInterceptor,
  type PipeTransform,
  RequestTimeoutException,
  Scope,
  Injectable,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { catchError, map, NEVER, of, tap, throwError } from 'rxjs';
import type { ActionProgress } from '../../../lib/dashboard.js';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** What applications put around all of their routes. */
const INTERCEPTORS: Readonly<Record<string, NestInterceptor>> = {
  'wraps answers': { intercept: (_, next) => next.handle().pipe(map((data: unknown) => ({ data }))) },
  'answers by itself': { intercept: () => of({ cached: true }) },
  'never answers': { intercept: () => NEVER },
  'gives up at once': { intercept: () => throwError(() => new RequestTimeoutException()) },
  'turns errors into answers': {
    intercept: (_, next) => next.handle().pipe(catchError(() => of({ failed: true }))),
  },
  'sets headers afterwards': {
    intercept: (context, next) =>
      next.handle().pipe(
        tap(() => {
          const response = context
            .switchToHttp()
            .getResponse<{ header(name: string, value: string): void }>();
          response.header('content-type', 'text/plain');
        }),
      ),
  },
};
const PIPES: Readonly<Record<string, PipeTransform>> = {
  'makes objects of everything': { transform: (value: unknown) => ({ value }) },
  'refuses everything': {
    transform: () => {
      throw new BadRequestException('No');
    },
  },
  'makes text of everything': { transform: (value: unknown) => JSON.stringify(value) },
};
class OwnFormat implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    const response = host
      .switchToHttp()
      .getResponse<{ status(code: number): { send(body: object): void } }>();
    response.status(418).send({ error: 'ours' });
  }
}

/** With one in it, each request has guards, interceptors and controllers of its own. */
@Injectable({ scope: Scope.REQUEST })
class RequestGuard extends WordGuard {}

describe.each(ADAPTERS)('the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard | undefined;
  let plain: readonly string[];

  const start = async (
    prepare: (app: INestApplication) => void = () => undefined,
    rest: Partial<Parameters<typeof startDashboard>[0]> = {},
  ): Promise<TestDashboard> =>
    (test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Desk],
      logger: false,
      prepare,
      ...rest,
    }));

  /** Every kind of answer: its status, its type, and what it holds, but for times. */
  const answers = async ({ api, send, queue, origin }: TestDashboard): Promise<string[]> => {
    const [job] = await queue.list({ limit: 1 });
    const uuid = job?.uuid ?? '';
    const asked = [
      ...['about', 'overview', 'metrics', 'failures', 'channels', 'channels/root', 'functions', 'nodes', 'batches', 'audit'],
      ...['jobs?state=pending&limit=2', 'jobs/count?name=Desk.write', `jobs/${uuid}`, `jobs/${uuid}/logs`],
      ...[`jobs/${uuid}/text/args`, `jobs/${uuid}/text/nothing`, `jobs/${uuid}/related-action`, 'jobs/none', 'jobs?limit=0'],
      ...['graphs/none', '../jobs', '../assets/none.js'],
    ].map((path) => async () => api(path)); // prettier-ignore
    const changes: (() => Promise<Response>)[] = [
      () => send('channels/root', { capacity: 7 }, 'PATCH'),
      () => send('channels/root', { capacity: 'many' }, 'PATCH'),
      () => send('jobs/actions/cancel', { uuids: ['01a20dc3-8489-7143-a61c-c2e98362c237'] }),
      () => send('jobs/actions/paint', {}),
      () => api('jobs/actions/cancel', { method: 'POST' }),
      () => api('about', { headers: { authorization: 'no' } }),
      () => fetch(`${origin}/admin/v1/queue-jobs`, { headers: { authorization: 'open sesame' } }),
    ];
    const all: string[] = [];
    for (const ask of [...asked, ...changes]) {
      const response = await ask();
      const body = (await response.text()).replaceAll(
        /"(date\w*|at|times|details|memory|cpu|id|seconds|oldestWait|name|depth|wait|run)":("[^"]*"|\[[^\]]*\]|\{[^}]*\}|[\d.]+)/g,
        '"$1":…',
      );
      all.push(`${response.status} ${response.headers.get('content-type') ?? ''} ${body}`);
    }
    return all;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const first = await start();
    await first.queue.withDelay(Desk, { eta: '1h' }).write({ some: 'thing' });
    await answers(first);
    plain = await answers(first);
    await first.close();
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
  });

  afterAll(async () => database.drop());

  const same = async (given: TestDashboard): Promise<void> => {
    const trail = (answer: string): string => (answer.includes('"entries":') ? 'the trail' : answer);
    expect((await answers(given)).map(trail)).toEqual(plain.map(trail));
  };

  it('answers in many ways', () => {
    const statuses = new Set(plain.map((answer) => answer.slice(0, 3)));
    expect([...statuses].toSorted()).toEqual(['200', '400', '403', '404']);
  });

  it.each(Object.entries(INTERCEPTORS))(
    'answers as ever where a global interceptor %s',
    async (_name, one) => {
      await same(await start((app) => app.useGlobalInterceptors(one)));
    },
  );

  it.each(Object.entries(PIPES))('answers as ever where a global pipe %s', async (_name, pipe) => {
    await same(await start((app) => app.useGlobalPipes(pipe)));
  });

  it('answers as ever where a global filter has a format of its own', async () => {
    const given = await start((app) => app.useGlobalFilters(new OwnFormat()));
    // What the application's own guards throw on a page is for the application's filters.
    await same(given);
  });

  it('answers as ever where they are providers of the application', async () => {
    const providers = [
      Desk,
      { provide: APP_INTERCEPTOR, useValue: INTERCEPTORS['wraps answers'] },
      { provide: APP_PIPE, useValue: PIPES['makes objects of everything'] },
      { provide: APP_FILTER, useClass: OwnFormat },
    ];
    await same(await start(undefined, { providers }));
  });

  it('answers as ever behind a guard that is made for each request', async () => {
    await same(await start(undefined, { dashboard: { guards: [RequestGuard] } }));
  });

  it('tells how an action goes on, whatever wraps answers', async () => {
    const { send, queue } = await start((app) =>
      app.useGlobalInterceptors(INTERCEPTORS['wraps answers'] as NestInterceptor),
    );
    const { uuid } = await queue.withDelay(Desk, { eta: '1h' }).write('again');
    const lines = (await (await send('jobs/actions/delete', { uuids: [uuid] })).text()).trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '') as ActionProgress).toMatchObject({ changed: 1, ended: true });
  });
});
