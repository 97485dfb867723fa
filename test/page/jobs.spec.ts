import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { fakeJob, HOSTILE } from '../support/fake-dashboard/fake-jobs.js';
import { Random } from '../support/fake-dashboard/random.js';
import { BUILT_PAGE, openTab, startBrowser } from '../support/page.js';

let browser: Browser;
let dashboard: FakeDashboard;
let url: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  dashboard = new FakeDashboard(BUILT_PAGE);
  url = await dashboard.start();
  ({ page, complaints } = await openTab(browser));
});
afterEach(async () => {
  await page.close();
  await dashboard.stop();
});

const rows = () => page.locator('tbody tr');
const row = (uuid: string) => page.locator(`tr[data-key="${uuid}"]`);
const uuids = async () => (await page.locator('tbody tr').all()).length;

describe('The list of jobs', () => {
  test('holds its filters in the address, and the back button takes them back', async () => {
    await page.goto(`${url}jobs`);
    await rows().first().waitFor();
    await page.getByRole('button', { name: /^Failed/ }).click();
    await page.waitForURL(/state=failed/);
    await page.getByRole('combobox', { name: 'Filter by' }).fill('pushOrder');
    await page.getByRole('option', { name: 'Function ErpSync.pushOrder' }).click();
    await page.waitForURL(/name=ErpSync\.pushOrder/);
    const fitting = dashboard.jobs.filter(
      ({ state, name }) => state === 'failed' && name === 'ErpSync.pushOrder',
    );
    await page.getByText(`${fitting.length} jobs`, { exact: true }).waitFor();
    expect(await uuids()).toBe(fitting.length);
    await page.goBack();
    await page.getByText('49 jobs', { exact: true }).waitFor();
    await page.goBack();
    await page.getByText('400 jobs', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  test('is filtered with the keyboard alone', async () => {
    await page.goto(`${url}jobs`);
    await rows().first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('prio');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.type('20');
    await page.keyboard.press('Enter');
    await page.waitForURL(/priority=20/);
  });

  test('renews its rows in place, and lets new jobs wait until they are asked for', async () => {
    await page.goto(`${url}jobs`);
    await rows().nth(49).waitFor();
    const running = dashboard.jobs.find(({ state }) => state === 'started');
    const first = await rows().first().getAttribute('data-key');
    if (running === undefined) {
      throw new Error('No job is running.');
    }
    const arrived = fakeJob(new Random(99), 0, { state: 'pending', description: 'Just arrived' });
    dashboard.change(running.uuid, { state: 'done' });
    dashboard.jobs = [arrived, ...dashboard.jobs];
    dashboard.pulse();
    await row(running.uuid).getByText('Done').waitFor();
    expect(await rows().first().getAttribute('data-key')).toBe(first);
    await page.getByRole('button', { name: '1 new job' }).click();
    await row(arrived.uuid).waitFor();
    expect(await rows().first().getAttribute('data-key')).toBe(arrived.uuid);
  });

  test('leaves a job where it stands when it no longer fits, and says so', async () => {
    await page.goto(`${url}jobs?state=failed`);
    const failed = dashboard.jobs.find(({ state }) => state === 'failed');
    await row(failed?.uuid ?? '').waitFor();
    dashboard.change(failed?.uuid ?? '', { state: 'pending' });
    dashboard.pulse();
    await row(failed?.uuid ?? '')
      .getByText('no longer matches the filters')
      .waitFor();
  });

  test('goes on to older jobs, none of them twice', async () => {
    await page.goto(`${url}jobs`);
    await rows().nth(49).waitFor();
    await page.getByRole('button', { name: 'Show older jobs' }).click();
    await rows().nth(99).waitFor();
    const keys = await Promise.all((await rows().all()).map((one) => one.getAttribute('data-key')));
    expect(keys).toEqual(dashboard.jobs.slice(0, 100).map(({ uuid }) => uuid));
  });

  test('tells how far it has searched, and searches on', async () => {
    await page.goto(`${url}jobs?arg=[0]=warehouse`);
    await page.getByText('Nothing more found back to').waitFor();
    const before = await uuids();
    await page.getByRole('button', { name: 'Search further back' }).click();
    await rows().nth(before).waitFor();
  });

  test('moves from row to row with j and k, selects with x, and opens with Enter', async () => {
    await page.goto(`${url}jobs`);
    await rows().nth(49).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    expect(await rows().nth(1).getByRole('checkbox').isChecked()).toBe(true);
    await page.keyboard.press('k');
    const uuid = dashboard.jobs[0]?.uuid ?? '';
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}jobs/${uuid}`);
  });

  test('shows hostile data as the text that it is', async () => {
    await page.goto(`${url}jobs`);
    await rows().first().waitFor();
    for (let at = 0; at < 2; at += 1) {
      await page.getByRole('button', { name: 'Show older jobs' }).click();
      await rows()
        .nth(50 * (at + 2) - 1)
        .waitFor();
    }
    await page.getByText(HOSTILE[0], { exact: true }).first().waitFor();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
