import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { axe, openTab, startBrowser } from '../support/page.js';

const DEMO = join(import.meta.dirname, '../demo');

let folder: string;
let url: string;
let browser: Browser;
let server: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queue-job-demo-'));
  const vite = join(import.meta.dirname, '../../node_modules/vite/bin/vite.js');
  const config = join(DEMO, 'vite.config.ts');
  const options = ['--config', config, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, [vite, 'build', ...options]);
  server = spawn(process.execPath, [join(DEMO, 'serve.mjs'), folder], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  url = /http:\S+/.exec(said.toString())?.[0] ?? '';
  browser = await startBrowser();
}, 120_000);

afterAll(async () => {
  server.kill();
  await browser.close();
  await rm(folder, { recursive: true });
});

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

test.each(LOOKS)(
  'The demo lives without a server, $viewport.width px wide',
  async (look) => {
    const { page, complaints } = await openTab(browser, look);
    await page.goto(url);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('Needs attention').waitFor();
    expect(await axe(page)).toEqual([]);
    const pending = async (): Promise<string | null> =>
      page.locator('main a', { hasText: 'Pending' }).first().textContent();
    const before = await pending();
    await eventually(async () => expect(await pending()).not.toBe(before));
    expect(complaints).toEqual([]);
    await page.close();
  },
  90_000,
);

test('Every page of the demo has something to show', async () => {
  const { page, complaints } = await openTab(browser);
  await page.goto(url);
  const links = page.getByRole('navigation').getByRole('link');
  await links.first().waitFor();
  for (const link of await links.all()) {
    await link.click();
    await page.locator('main tbody tr, main article, main .card').first().waitFor();
    expect([await link.textContent(), await page.getByText('Try again').count()]).toEqual([
      expect.anything(),
      0,
    ]);
  }
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);

test('A page of the demo that is loaded again begins at its start', async () => {
  const { page } = await openTab(browser);
  await page.goto(`${url}jobs/0198a1b2-0000-7000-8000-00000000ba7c`);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.close();
}, 60_000);
