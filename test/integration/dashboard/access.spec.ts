import { jest } from '@jest/globals';
import {
  Injectable,
  type INestApplication,
  Module,
  UnauthorizedException,
  VersioningType,
} from '@nestjs/common';
import type { About, DashboardRequest, Problem } from '../../../lib/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  ADAPTERS,
  startDashboard,
  type TestDashboard,
  type TestDashboardOptions,
  WordGuard,
} from '../../support/dashboard.js';

@Injectable()
class Password {
  readonly word = 'xyzzy';
}

@Module({ providers: [Password], exports: [Password] })
class PasswordModule {}

/** Needs something of the application's own modules. */
@Injectable()
class PasswordGuard extends WordGuard {
  constructor(private readonly password: Password) {
    super();
  }

  override canActivate(context: Parameters<WordGuard['canActivate']>[0]): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['authorization'] !== this.password.word) throw new UnauthorizedException('Say the word');
    return true;
  }
}

describe.each(ADAPTERS)('the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
  });

  afterAll(async () => database.drop());

  const start = async (options: Partial<TestDashboardOptions> = {}): Promise<TestDashboard> =>
    (test = await startDashboard({ url: database.url, adapter: adapter(), ...options }));
  const problem = async (response: Response): Promise<Problem> => {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = (await response.json()) as Problem;
    expect(body.status).toBe(response.status);
    return body;
  };

  describe('without guards', () => {
    it('answers 403 everywhere, and says in the log what to set', async () => {
      const logger = { log: jest.fn(), warn: jest.fn(), error: jest.fn() };
      const { api, origin } = await start({ dashboard: { access: () => 'all' }, logger });
      const paths = ['about', '../assets/main.js', '../jobs', '../jobs/1'];
      for (const path of paths) expect((await problem(await api(path))).code).toBe('DASHBOARD_CLOSED');
      expect((await problem(await fetch(`${origin}/admin/v1/queue-jobs`))).status).toBe(403);
      const warnings = logger.warn.mock.calls.map(([text]) => String(text));
      expect(warnings).toEqual([expect.stringMatching(/set the option guards .* or allowAnonymous: true/)]);
    });

    it('an empty list of them is none', async () => {
      const { api } = await start({ dashboard: { guards: [] }, logger: false });
      expect((await api('about')).status).toBe(403);
    });

    it('lets everybody in where allowAnonymous says so', async () => {
      const { get } = await start({ dashboard: { allowAnonymous: true } });
      expect(await get('about')).toMatchObject({ title: 'Queue jobs' });
    });
  });

  it('asks the guards of the application, which may inject what its modules export', async () => {
    const guards = [PasswordGuard];
    const { api } = await start({ dashboard: { guards, imports: [PasswordModule] } });
    expect(await problem(await api('about', { headers: { authorization: 'abracadabra' } }))).toMatchObject({
      status: 401,
      detail: 'Say the word',
    });
    expect((await api('about', { headers: { authorization: 'xyzzy' } })).status).toBe(200);
  });

  it('takes a guard that is an instance, and asks all of them', async () => {
    const { api } = await start({ dashboard: { guards: [WordGuard, { canActivate: () => false }] } });
    expect((await problem(await api('about'))).status).toBe(403);
  });

  it('may be anywhere, whatever versioning the application has', async () => {
    const { origin } = await start({
      dashboard: { path: '/ops/queue/', guards: [WordGuard] },
      prefix: '',
      prepare: (app: INestApplication) =>
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' }),
    });
    const response = await fetch(`${origin}/ops/queue/api/about`, {
      headers: { authorization: 'open sesame' },
    });
    expect(response.status).toBe(200);
  });

  it('tells what the asker may do', async () => {
    const rights = (about: About): string[] =>
      Object.entries(about.rights).flatMap(([right, allowed]) => (allowed ? [right] : []));
    const { api, get } = await start({
      dashboard: {
        guards: [WordGuard],
        access: async ({ user }: DashboardRequest) => {
          const { name } = user as { name: string };
          return { ada: 'all', bob: 'read', eve: 'none' }[name] ?? (JSON.parse(name) as object);
        },
      } as never,
      logger: false,
    });
    const as = async (name: string): Promise<Response> =>
      api('about', { headers: { authorization: `open sesame:${name}` } });
    expect(rights(await get('about'))).toHaveLength(10);
    expect(rights((await (await as('bob')).json()) as About)).toEqual([]);
    expect(await problem(await as('eve'))).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await problem(await as('[]'))).status).toBe(500);
    expect((await problem(await as('"All"'))).status).toBe(500);
  });
});
