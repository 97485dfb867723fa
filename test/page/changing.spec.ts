import { describe, expect, test } from '@jest/globals';
import { axe } from '../support/page.js';
import { dashboardTab } from '../support/dashboard-tab.js';

const tab = dashboardTab();
const dialog = () => tab.page.getByRole('dialog');
const sent = () => tab.dashboard.asked.filter((line) => line.startsWith('POST jobs/actions/update'));
const bar = () => tab.page.getByRole('region', { name: 'Actions on the selected jobs' });

describe('Jobs that wait', () => {
  test('are postponed, get another priority and another channel, one of them on its page', async () => {
    const job = tab.dashboard.jobs.find(({ state }) => state === 'pending');
    await tab.page.goto(`${tab.url}jobs/${job?.uuid ?? ''}`);
    await tab.page.getByRole('button', { name: 'Change…' }).click();
    await dialog()
      .getByText(`Now: ${job?.priority ?? ''}.`)
      .waitFor();
    await dialog()
      .getByText(`Now: ${job?.channel ?? ''}.`)
      .waitFor();
    const yes = dialog().getByRole('button', { name: 'Change 1 job' });
    expect(await yes.isDisabled()).toBe(true);
    await dialog().getByLabel('Postpone by').fill('soon');
    await dialog().getByText('Enter a number above 0').waitFor();
    expect(await yes.isDisabled()).toBe(true);
    await dialog().getByLabel('Postpone by').fill('2');
    await dialog().getByLabel('Priority').fill('1');
    await dialog().getByLabel('Move to channel').fill('no!');
    await yes.click();
    await dialog().getByText('must be a name such as root.mail').waitFor();
    await dialog().getByLabel('Move to channel').fill('root.mail');
    await yes.click();
    await tab.page.getByText('1 job changed').waitFor();
    expect(sent().at(-1)).toBe(
      `POST jobs/actions/update {"uuids":["${job?.uuid ?? ''}"],"set":{"eta":"2 hours","priority":1,"channel":"root.mail"}}`,
    );
    const changed = tab.dashboard.jobs.find(({ uuid }) => uuid === job?.uuid);
    expect(changed).toMatchObject({ priority: 1, channel: 'root.mail', state: 'pending' });
  });

  test('are changed by a selection, which says what was left alone, and by all that match', async () => {
    await tab.open('jobs?state=pending,done', 'Jobs');
    const rows = tab.page.locator('tbody tr');
    await rows.first().waitFor();
    const shown = tab.dashboard.jobs.filter(({ state }) => state === 'pending' || state === 'done');
    for (const index of [0, 1, 2, 3, 4, 5]) await rows.nth(index).getByRole('checkbox').check();
    const can = shown.slice(0, 6).filter(({ state }) => state === 'pending').length;
    expect(can).toBeGreaterThan(0);
    expect(can).toBeLessThan(6);
    await bar().getByRole('button', { name: 'Change…' }).click();
    await dialog().getByLabel('Priority').fill('0');
    await dialog().getByRole('button', { name: 'Change 6 jobs' }).click();
    await dialog()
      .getByRole('heading', { name: `${can} ${can === 1 ? 'job' : 'jobs'} changed` })
      .waitFor();
    await dialog().getByText('in a state that does not allow it: Done').waitFor();
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
    await rows.first().getByRole('checkbox').check();
    await bar().getByRole('button', { name: 'Select all matching jobs' }).click();
    await bar().getByRole('button', { name: 'Change…' }).click();
    await dialog().getByLabel('Move to channel').fill('root.slow');
    await dialog()
      .getByRole('button', { name: /^Change \d+ jobs$/ })
      .click();
    const waiting = shown.filter(({ state }) => state === 'pending').length;
    await dialog()
      .getByRole('heading', { name: `${waiting} jobs changed` })
      .waitFor();
    const moved = tab.dashboard.jobs.filter(({ channel }) => channel === 'root.slow');
    expect(moved).toHaveLength(waiting);
  });

  test('offer no change to those who may not make it', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, update: false },
    };
    await tab.open('jobs?state=pending', 'Jobs');
    await tab.page.locator('tbody tr').first().getByRole('checkbox').check();
    await bar().waitFor();
    expect(await bar().getByRole('button', { name: 'Change…' }).count()).toBe(0);
  });

  test.each([
    { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)(
    'have an accessible dialog, $viewport.width px wide',
    async (look) => {
      await tab.reopen(look);
      const { page, complaints } = tab;
      await page.goto(`${tab.url}jobs?state=pending`);
      await page.locator('tbody tr').first().getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Change…' }).click();
      await page.getByLabel('Priority').fill('x');
      expect(await axe(page)).toEqual([]);
      expect(await page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
      expect(complaints).toEqual([]);
    },
    60_000,
  );
});
