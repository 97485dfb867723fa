import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { eventually } from '../support/eventually.js';
import { axe } from '../support/page.js';
import { fakeBatches } from '../support/fake-dashboard/fake-cluster.js';

const tab = dashboardTab();
const names = () => tab.page.locator('tbody .row-link').allTextContents();

describe('The batches', () => {
  test('are listed page by page, and by the state that the address names', async () => {
    const [open, closed, ended] = fakeBatches(tab.dashboard.jobs).map(({ name }) => name);
    await tab.open('batches', 'Batches');
    await tab.page.locator('tbody tr').nth(1).waitFor();
    expect(await names()).toEqual([open, closed]);
    await tab.page.getByRole('button', { name: 'Show older' }).click();
    await tab.page.locator('tbody tr').nth(2).waitFor();
    expect(await names()).toEqual([open, closed, ended]);
    await tab.page.getByRole('button', { name: 'In progress' }).click();
    await tab.page.waitForURL(/state=closed/);
    // The rows of before are gone a moment before the others are there.
    await eventually(async () => expect(await names()).toEqual([closed]));
    await tab.page.goBack();
    await tab.page.locator('tbody tr').nth(1).waitFor();
  });

  test('keep all the pages that were asked for while they are renewed', async () => {
    await tab.open('batches', 'Batches');
    await tab.page.getByRole('button', { name: 'Show older' }).click();
    await tab.page.locator('tbody tr').nth(2).waitFor();
    const renewed = tab.page.waitForResponse(/batches\?cursor=2/);
    tab.dashboard.pulse();
    await renewed;
    expect((await names()).length).toBe(3);
  });

  test('fill up as their jobs are done', async () => {
    const [batch] = fakeBatches(tab.dashboard.jobs);
    const done = batch?.counts.done ?? 0;
    await tab.open(`batches/${batch?.uuid}`, 'Invoices of May');
    const bar = tab.page.getByRole('progressbar');
    expect(await bar.getAttribute('aria-valuenow')).toBe(String(Math.round((done / 60) * 100)));
    const running = tab.dashboard.jobs.filter(({ state }) => state === 'started').slice(0, 3);
    running.forEach(({ uuid }) => tab.dashboard.change(uuid, { state: 'done' }));
    tab.dashboard.pulse();
    await tab.page.locator(`[aria-valuenow="${Math.round(((done + 3) / 60) * 100)}"]`).waitFor();
    await tab.page.getByRole('img', { name: new RegExp(`Jobs by state: Done ${done + 3},`) }).waitFor();
  });

  test('name the members that failed, requeue them at once, and lead to their graphs', async () => {
    const [batch] = fakeBatches(tab.dashboard.jobs);
    tab.dashboard.jobs = tab.dashboard.jobs.map((job, at) =>
      at < 60 ? { ...job, batchUuid: batch?.uuid ?? '' } : job,
    );
    const failed = tab.dashboard.jobs.filter(
      ({ batchUuid, state }) => batchUuid !== null && state === 'failed',
    );
    expect(failed.length).toBeGreaterThan(1);
    await tab.open(`batches/${batch?.uuid}`, 'Invoices of May');
    await tab.page.getByRole('heading', { name: `${failed.length} failed jobs` }).waitFor();
    const first = tab.page.locator('.batch-failed a').first();
    expect(await first.getAttribute('href')).toBe(`jobs/${failed[0]?.uuid}`);
    await tab.page.locator('.batch-graphs a').waitFor();
    expect(await axe(tab.page)).toEqual([]);
    await tab.page.getByRole('button', { name: `Requeue ${failed.length} jobs` }).click();
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByRole('button', { name: `Requeue ${failed.length} jobs` }).click();
    await dialog.getByText('All of them were changed.').waitFor();
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await tab.page.locator('.batch-failed').waitFor({ state: 'detached' });
  });

  test('lead to their jobs, by state', async () => {
    const [batch] = fakeBatches(tab.dashboard.jobs);
    await tab.open(`batches/${batch?.uuid}`, 'Invoices of May');
    const failed = tab.page.locator('.batch-legend').getByRole('link', { name: 'Failed' });
    expect(await failed.getAttribute('href')).toBe(`jobs?state=failed&batch=${batch?.uuid}`);
    await tab.page.getByRole('link', { name: 'Show jobs' }).click();
    await tab.page.waitForURL(`${tab.url}jobs?batch=${batch?.uuid}`);
  });
});
