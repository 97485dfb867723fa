import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import type { INestApplication } from '@nestjs/common';
import helmet from 'helmet';
import type { Problem } from '../../../lib/dashboard.js';
import { PageFiles } from '../../../lib/dashboard/server/page/page-files.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const PATHS = [
  '', '/jobs', '/jobs/01a20dc3-8489-7143-a61c-c2e98362c237', '/graphs/1', '/failures', '/channels', '/functions',
  '/functions/Desk.write', '/nodes', '/batches', '/batches/1', '/audit',
]; // prettier-ignore

/** As the build packs them. */
const packed = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, brotliCompressSync(text).toString('base64')]),
  );

const PAGE = packed({
  'index.html': '<html><head><!--base--><title>$& $1</title></head></html>',
  'assets/main-1a2b.js': 'export {};',
  'assets/main-1a2b.js.map': '{}',
  'secret.json': '{}',
});

describe.each(ADAPTERS)('the page of the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => test.close());

  afterAll(async () => database.drop());

  const start = async (
    options: { prepare?: (app: INestApplication) => void; prefix?: string } = {},
  ): Promise<void> => {
    test = await startDashboard({ url: database.url, adapter: adapter(), ...options });
    Object.assign(test.app.get(PageFiles, { strict: false }), { files: PAGE });
  };
  const open = async (path: string, prefix = '/admin/v1'): Promise<Response> =>
    fetch(`${test.origin}${prefix}/queue-jobs${path}`, { headers: { authorization: 'open sesame' } });

  it('says where it stands by the way that it was asked for', async () => {
    await start();
    for (const path of PATHS) {
      const response = await open(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await response.text();
      expect(html).toContain('<title>$& $1</title>');
      const base = /<base href="([^"]*)" \/>/.exec(html)?.[1] ?? '';
      expect(base).toMatch(/^\.{1,2}\//);
      // Behind whatever proxy: the base is right wherever the browser believes the page to be.
      for (const at of ['/admin/v1/queue-jobs', '/elsewhere/queue-jobs'])
        expect(new URL(base, `https://example.com${at}${path}?state=a/b#c/d`).pathname).toBe(`${at}/`);
    }
  });

  it('may be asked for with a slash at the end', async () => {
    await start();
    for (const path of PATHS) {
      const response = await open(`${path}/?state=failed`);
      expect([path, response.status]).toEqual([path, 200]);
      const base = /<base href="([^"]*)" \/>/.exec(await response.text())?.[1] ?? '';
      for (const at of ['/admin/v1/queue-jobs', '/elsewhere'])
        expect(new URL(base, `https://example.com${at}${path}/?state=failed`).pathname).toBe(`${at}/`);
    }
  });

  it('starts on a Fastify that ignores slashes by itself', async () => {
    const [, fastify] = ADAPTERS[1] ?? [];
    test = await startDashboard({
      url: database.url,
      adapter: fastify?.({ routerOptions: { ignoreTrailingSlash: true } }) ?? adapter(),
    });
    Object.assign(test.app.get(PageFiles, { strict: false }), { files: PAGE });
    for (const path of ['', '/', '/jobs', '/jobs/']) expect((await open(path)).status).toBe(200);
  });

  it('stands at the root where nothing is before it', async () => {
    await start({ prefix: '' });
    const html = await (await open('?x=1', '')).text();
    expect(html).toContain('<base href="./queue-jobs/" />');
  });

  it('allows nothing from elsewhere and nothing inline', async () => {
    await start();
    const { headers } = await open('/jobs');
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const api = (await test.api('about')).headers;
    expect([api.get('cache-control'), api.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  it('allows one line of script by its hash: the one that finds out under which name a proxy shows it', async () => {
    await start();
    const policyOf = async (path: string): Promise<string> =>
      (await open(path)).headers.get('content-security-policy') ?? '';
    expect(await policyOf('/jobs')).not.toContain('sha256-');
    const script = /<script>(.*?)<\/script>/.exec(await (await open('')).text())?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    expect(script).toContain('location.pathname');
    expect(await policyOf('')).toContain(`script-src 'self' 'sha256-${hash}';`);
  });

  it("leaves the application's own policy", async () => {
    const policy = helmet({ contentSecurityPolicy: { directives: { 'img-src': ['https://example.com'] } } });
    await start({ prepare: (app) => app.use(policy) });
    const header = (await open('')).headers.get('content-security-policy') ?? '';
    expect(header).toContain('img-src https://example.com');
    expect(header).not.toContain("default-src 'none'");
    expect(await (await open('')).text()).not.toContain('<script>');
  });

  it('has its files, and gives out no others', async () => {
    await start();
    const script = await open('/assets/main-1a2b.js');
    expect(await script.text()).toBe('export {};');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const others = [
      'main-1a2b.js.map',
      'x.js',
      '..%2Fsecret.json',
      '..%2f..%2f..%2fpackage.json',
      'constructor',
    ];
    for (const name of others) expect([name, (await open(`/assets/${name}`)).status]).toEqual([name, 404]);
  });

  it('sends its files compressed as the browser accepts it, whether or not the application compresses', async () => {
    await start();
    for (const [accepted, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip, deflate', 'gzip'],
      ['identity', null],
    ] as const) {
      const file = await fetch(`${test.origin}/admin/v1/queue-jobs/assets/main-1a2b.js`, {
        headers: { authorization: 'open sesame', 'accept-encoding': accepted },
      });
      expect([accepted, file.headers.get('content-encoding')]).toEqual([accepted, encoding]);
      expect(file.headers.get('vary')).toContain('Accept-Encoding');
      expect(await file.text()).toBe('export {};');
    }
  });

  it('says in HTML to a browser, and in JSON to others, that it is closed or that there is no such page', async () => {
    await start();
    const ask = async (path: string, accept: string, authorization = 'open sesame'): Promise<Response> =>
      fetch(`${test.origin}/admin/v1/queue-jobs${path}`, { headers: { authorization, accept } });
    for (const path of ['/nowhere', '/nowhere/1', '/assets/none.js', '/api/nowhere', '/jobs/1/2']) {
      const page = await ask(path, 'text/html,*/*');
      expect([path, page.status, page.headers.get('content-type')]).toEqual([
        path,
        404,
        'text/html; charset=utf-8',
      ]);
      expect(await page.text()).toContain('<h1>404 Not found</h1>');
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      const problem = await ask(path, '*/*');
      expect([path, problem.status, ((await problem.json()) as Problem).code]).toEqual([
        path,
        404,
        'NOT_FOUND',
      ]);
    }
    await test.close();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      logger: false,
      dashboard: { guards: [] },
    });
    const closed = await ask('', 'text/html');
    expect([closed.status, await closed.text()]).toEqual([
      403,
      expect.stringContaining('This dashboard is closed.'),
    ]);
  });
});
