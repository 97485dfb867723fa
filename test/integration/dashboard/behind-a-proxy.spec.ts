import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openTab, startBrowser } from '../../support/page.js';

/** Shows what is below `/admin/v1/queue-jobs` below `/jobs`, and nothing else. */
const proxyOf = (origin: string): Server =>
  createServer(({ url = '', method, headers }, response) => {
    if (!/^\/jobs(?=[/?]|$)/.test(url)) return response.writeHead(404).end();
    const target = `${origin}${url.replace(/^\/jobs/, '/admin/v1/queue-jobs')}`;
    const onward = request(target, { method, headers: { ...headers, authorization: 'open sesame' } });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    return onward.end();
  });

describe.each(ADAPTERS)('the page behind a proxy that gives it another name, on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let proxy: Server;
  let browser: Browser;
  let shown: string;

  beforeAll(async () => {
    [database, browser] = await Promise.all([createTestDatabase(), startBrowser()]);
    test = await startDashboard({ url: database.url, adapter: adapter() });
    proxy = proxyOf(test.origin);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    shown = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await browser.close();
    proxy.closeAllConnections();
    proxy.close();
    await test.close();
    await database.drop();
  });

  it.each([
    ['/jobs', 'Overview'],
    ['/jobs/', 'Overview'],
    ['/jobs?theme=none', 'Overview'],
    ['/jobs/jobs', 'Jobs'],
    ['/jobs/channels/', 'Channels'],
  ])('opens %s, goes on from there, and comes back by a reload', async (path, heading) => {
    const { page, complaints } = await openTab(browser);
    try {
      const titled = async (name: string): Promise<void> =>
        page.getByRole('heading', { level: 1, name }).waitFor();
      await page.goto(shown + path);
      await titled(heading);
      await page.getByRole('link', { name: 'Nodes' }).first().click();
      await titled('Nodes');
      expect(new URL(page.url()).pathname).toBe('/jobs/nodes');
      await page.getByRole('link', { name: 'Overview' }).first().click();
      await titled('Overview');
      await page.reload();
      await titled('Overview');
      expect(complaints.filter((complaint) => complaint.includes('policy'))).toEqual([]);
    } finally {
      await page.close();
    }
  });
});
