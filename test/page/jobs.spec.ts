import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { fakeJob, HOSTILE } from '../support/fake-dashboard/fake-jobs.js';
import { Gate } from '../support/gate.js';
import { Random } from '../support/fake-dashboard/random.js';

const here = dashboardTab();

const rows = () => here.page.locator('tbody tr');
const row = (uuid: string) => here.page.locator(`tr[data-key="${uuid}"]`);
const uuids = async () => (await here.page.locator('tbody tr').all()).length;

describe('The list of jobs', () => {
  test('holds its filters in the address, and the back button takes them back', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    await here.page.getByRole('button', { name: /^Failed/ }).click();
    await here.page.waitForURL(/state=failed/);
    await here.page.getByRole('combobox', { name: 'Filter by' }).fill('pushOrder');
    await here.page.getByRole('option', { name: 'Function ErpSync.pushOrder' }).click();
    await here.page.waitForURL(/name=ErpSync\.pushOrder/);
    const fitting = here.dashboard.jobs.filter(
      ({ state, name }) => state === 'failed' && name === 'ErpSync.pushOrder',
    );
    await here.page.getByText(`${fitting.length} jobs`, { exact: true }).waitFor();
    expect(await uuids()).toBe(fitting.length);
    await here.page.goBack();
    await here.page.getByText('49 jobs', { exact: true }).waitFor();
    await here.page.goBack();
    await here.page.getByText('400 jobs', { exact: true }).waitFor();
    expect(new URL(here.page.url()).search).toBe('');
  });

  test('is filtered with the keyboard alone', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    await here.page.keyboard.press('/');
    await here.page.keyboard.type('prio');
    await here.page.keyboard.press('ArrowDown');
    await here.page.keyboard.press('Enter');
    await here.page.keyboard.type('20');
    await here.page.keyboard.press('Enter');
    await here.page.waitForURL(/priority=20/);
  });

  test('renews its rows in place, and lets new jobs wait until they are asked for', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().nth(49).waitFor();
    const running = here.dashboard.jobs.find(({ state }) => state === 'started');
    const first = await rows().first().getAttribute('data-key');
    if (running === undefined) {
      throw new Error('No job is running.');
    }
    const arrived = fakeJob(new Random(99), 0, { state: 'pending', description: 'Just arrived' });
    here.dashboard.change(running.uuid, { state: 'done' });
    here.dashboard.jobs = [arrived, ...here.dashboard.jobs];
    here.dashboard.pulse();
    await row(running.uuid).getByText('Done').waitFor();
    expect(await rows().first().getAttribute('data-key')).toBe(first);
    await here.page.getByRole('button', { name: '1 new job' }).click();
    await row(arrived.uuid).waitFor();
    expect(await rows().first().getAttribute('data-key')).toBe(arrived.uuid);
  });

  test('leaves a job where it stands when it no longer fits, and says so', async () => {
    await here.page.goto(`${here.url}jobs?state=failed`);
    const failed = here.dashboard.jobs.find(({ state }) => state === 'failed');
    await row(failed?.uuid ?? '').waitFor();
    here.dashboard.change(failed?.uuid ?? '', { state: 'pending' });
    here.dashboard.pulse();
    await row(failed?.uuid ?? '')
      .getByText('no longer matches the filters')
      .waitFor();
  });

  test('goes on to older jobs, none of them twice', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().nth(49).waitFor();
    await here.page.getByRole('button', { name: 'Show older jobs' }).click();
    await rows().nth(99).waitFor();
    const keys = await Promise.all((await rows().all()).map((one) => one.getAttribute('data-key')));
    expect(keys).toEqual(here.dashboard.jobs.slice(0, 100).map(({ uuid }) => uuid));
  });

  test('searches on by itself until a page is full or the history ends', async () => {
    const fitting = here.dashboard.jobs.filter(({ description }) => description.includes('warehouse'));
    await here.page.goto(`${here.url}jobs?arg=[0]=warehouse`);
    await rows()
      .nth(Math.min(50, fitting.length) - 1)
      .waitFor();
    expect(await here.page.getByText('No job matches').count()).toBe(0);
    const pages = here.dashboard.asked.filter((line) => line.includes('jobs?arg='));
    expect(pages.length).toBeGreaterThan(1);
  });

  test('says how far it has looked, stops when asked to, and finds nothing only at the end', async () => {
    const gate = new Gate();
    await here.page.route(/cursor=/, async (route) => {
      await gate.opened;
      await route.continue();
    });
    await here.page.goto(`${here.url}jobs?search=nowhere`);
    await here.page.getByText(/^Searching: looked back to .+, 0 found$/).waitFor();
    expect(await here.page.getByText('No job matches').count()).toBe(0);
    await here.page.getByRole('button', { name: 'Stop searching' }).click();
    await here.page.getByText(/^Stopped: looked back to /).waitFor();
    gate.open();
    await here.page.getByRole('button', { name: 'Search further back' }).click();
    await here.page.getByText('No job matches').waitFor();
  });

  test('offers a number as all that it can be, and finds it anywhere with Enter', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    const box = here.page.getByRole('combobox', { name: 'Filter by' });
    await box.fill('4711');
    const offered = await here.page.locator('.filter-option').allInnerTexts();
    expect(offered.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'Anything contains “4711”',
      'Any argument value is “4711”',
      'Identity key contains “4711”',
      'Tag 4711',
      'UUID begins with 4711',
      'Description contains “4711”',
      'Error text contains “4711”',
      'User 4711',
    ]);
    await box.press('Enter');
    await here.page.waitForURL(/\?search=4711$/);
  });

  test('takes a path and a value for an argument, without its number', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    const box = here.page.getByRole('combobox', { name: 'Filter by' });
    await box.fill('customer.id=4711');
    await box.press('Enter');
    await here.page.waitForURL((url) => url.searchParams.get('arg') === 'customer.id=4711');
  });

  test('moves from row to row with j and k, selects with x, and opens with Enter', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().nth(49).waitFor();
    await here.page.keyboard.press('j');
    await here.page.keyboard.press('j');
    await here.page.keyboard.press('x');
    expect(await rows().nth(1).getByRole('checkbox').isChecked()).toBe(true);
    await here.page.keyboard.press('k');
    const uuid = here.dashboard.jobs[0]?.uuid ?? '';
    await here.page.keyboard.press('Enter');
    await here.page.waitForURL(`${here.url}jobs/${uuid}`);
  });

  test('shows hostile data as the text that it is', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    for (let at = 0; at < 2; at += 1) {
      await here.page.getByRole('button', { name: 'Show older jobs' }).click();
      await rows()
        .nth(50 * (at + 2) - 1)
        .waitFor();
    }
    await here.page.getByText(HOSTILE[0], { exact: true }).first().waitFor();
    expect(await here.page.evaluate('window.hacked')).toBeUndefined();
    expect(await here.page.locator('main img, main script').count()).toBe(0);
    expect(here.complaints).toEqual([]);
  });
});
