import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

describe.each(ADAPTERS)('the page of the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'queue-job-page-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<html><head><!--base--><title>$& $1</title></head></html>');
    await writeFile(join(folder, 'assets/main-1a2b.js'), 'export {};');
    await writeFile(join(folder, 'assets/main-1a2b.js.map'), '{}');
    await writeFile(join(folder, 'secret.json'), '{}');
  });

  afterEach(async () => test.close());

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await database.drop();
  });

  const start = async (
    options: { prepare?: (app: INestApplication) => void; prefix?: string; page?: string } = {},
  ): Promise<void> => {
    const { page = folder, ...rest } = options;
    test = await startDashboard({ url: database.url, adapter: adapter(), ...rest });
    Object.assign(test.app.get(PageFiles, { strict: false }), { folder: page });
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
    Object.assign(test.app.get(PageFiles, { strict: false }), { folder });
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

  it('says what to do where it has not been built', async () => {
    await start({ page: join(folder, 'nowhere') });
    const response = await open('');
    expect(response.status).toBe(503);
    expect((await response.json()) as Problem).toMatchObject({
      code: 'PAGE_NOT_BUILT',
      detail: expect.stringContaining('npm run build'),
    });
    expect((await test.api('about')).status).toBe(200);
  });
});
