import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { axe } from '../support/page.js';

const here = dashboardTab();
const rows = () => here.page.locator('tbody tr');
const failedOf = (name: string) =>
  here.dashboard.jobs.filter((job) => job.state === 'failed' && job.name === name).length;

describe('How the list of jobs stands', () => {
  test('groups jobs with counts that lead to them', async () => {
    await here.page.goto(`${here.url}jobs?state=failed`);
    await rows().first().waitFor();
    await here.page.getByLabel('Group by').selectOption({ label: 'Function' });
    const group = rows().filter({ hasText: 'InvoiceService.send' });
    await group.getByText(String(failedOf('InvoiceService.send')), { exact: true }).waitFor();
    expect(await axe(here.page)).toEqual([]);
    await group.getByRole('link').click();
    await here.page.waitForURL((url) => url.search === '?state=failed&name=InvoiceService.send');
    await rows()
      .nth(failedOf('InvoiceService.send') - 1)
      .waitFor();
  });

  test('sorts by what is asked, in the address, and says what it stands for', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    await here.page.getByLabel('Sort').selectOption({ label: 'Slowest' });
    await here.page.waitForURL(/sort=slowest/);
    const slowest = here.dashboard.jobs.reduce((a, b) => ((b.execTime ?? 0) > (a.execTime ?? 0) ? b : a));
    await here.page.getByText(/^The first 200 jobs\./).waitFor();
    expect(await rows().first().getAttribute('data-key')).toBe(slowest.uuid);
  });

  test('counts the states of what the other filters leave', async () => {
    await here.page.goto(`${here.url}jobs?name=InvoiceService.send`);
    const failed = failedOf('InvoiceService.send');
    await here.page.getByRole('button', { name: `Failed ${failed}`, exact: true }).waitFor();
  });

  test('keeps the columns and the height of its rows that somebody chose', async () => {
    await here.page.goto(`${here.url}jobs`);
    await rows().first().waitFor();
    await here.page.getByRole('button', { name: 'Columns' }).click();
    await here.page.getByLabel('Tags').check();
    await here.page.getByLabel('Attempts').uncheck();
    await here.page.getByLabel('Compact rows').check();
    expect(await axe(here.page)).toEqual([]);
    await here.page.keyboard.press('Escape');
    await here.page.reload();
    await here.page.getByRole('columnheader', { name: 'Tags' }).waitFor();
    expect(await here.page.getByRole('columnheader', { name: 'Attempts' }).count()).toBe(0);
    expect(await here.page.locator('.jobs-compact').count()).toBe(1);
  });

  test('has views, and keeps those of this browser', async () => {
    await here.page.goto(`${here.url}jobs?channel=root.mail`);
    await here.page.getByRole('button', { name: 'Views' }).click();
    await here.page.getByLabel('Save this view as').fill('Mail');
    await here.page.getByRole('button', { name: 'Save', exact: true }).click();
    expect(await axe(here.page)).toEqual([]);
    await here.page.getByRole('link', { name: 'Failed in the last hour' }).click();
    await here.page.waitForURL((url) => url.search === '?state=failed&since=1h');
    await here.page.reload();
    await here.page.getByRole('button', { name: 'Views' }).click();
    await here.page.getByRole('link', { name: 'Mail', exact: true }).click();
    await here.page.waitForURL((url) => url.search === '?channel=root.mail');
  });

  test('is downloaded as the filter has it', async () => {
    await here.page.goto(`${here.url}jobs?state=failed`);
    await here.page.getByRole('button', { name: 'Download' }).click();
    const [download] = await Promise.all([
      here.page.waitForEvent('download'),
      here.page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('jobs.csv');
    expect(new URL(download.url()).search).toBe('?state=failed&format=csv');
  });
});
