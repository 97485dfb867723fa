import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { eventually } from '../support/eventually.js';

const tab = dashboardTab();
const row = (name: string) => tab.page.locator(`tr[data-key="${name}"]`);
const changes = () => tab.dashboard.asked.filter((line) => /^(PATCH|POST|PUT|DELETE)/.test(line));
const button = (name: string) => tab.page.getByRole('button', { name, exact: true });

describe('The schedules', () => {
  test('say in words when they tick, in their zone and in that of the reader', async () => {
    await tab.open('schedules', 'Schedules');
    await row('daily report').getByText('Mon, Tue, Wed, Thu, Fri at 06:00').waitFor();
    await row('daily report').getByText('Asia/Kolkata').waitFor();
    await row('tenant 7').getByText('every 5m').waitFor();
    await row('daily report').getByRole('link', { name: 'daily report' }).click();
    await tab.page.waitForURL(`${tab.url}schedules/daily%20report`);
    await tab.page.getByText('0 6 * * MON-FRI').waitFor();
    await tab.page.getByText('12 stored, 3 skipped, 1 missed').waitFor();
    const strip = tab.page.getByRole('list', { name: 'The last runs' }).getByRole('link');
    expect(await strip.count()).toBe(3);
    expect(await strip.nth(1).getAttribute('aria-label')).toMatch(/Failed$/);
  });

  test('are run, paused, resumed, changed and given back', async () => {
    await tab.open('schedules/daily%20report', 'daily report');
    await button('Run now').click();
    await button('Pause').click();
    await tab.page.getByText('Paused by ada').waitFor();
    await button('Resume').click();
    await button('Pause').waitFor();
    await button('Change').click();
    const dialog = tab.page.getByRole('dialog', { name: 'daily report' });
    await dialog.getByLabel('Time zone').fill('Mars/Base');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText("The time zone 'Mars/Base' is unknown.").waitFor();
    await dialog.getByLabel('Time zone').fill('UTC');
    await dialog.getByLabel('Expression').fill('0 7 * * *');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await tab.page.getByText('each day at 07:00').waitFor();
    await button('Reset to code').click();
    await tab.page.getByText('Mon, Tue, Wed, Thu, Fri at 06:00').waitFor();
    expect(changes()).toEqual([
      'POST schedules/daily%20report/run {}',
      'POST schedules/daily%20report/pause {}',
      'POST schedules/daily%20report/resume {}',
      'PATCH schedules/daily%20report {"cron":"0 6 * * MON-FRI","timeZone":"Mars/Base"}',
      'PATCH schedules/daily%20report {"cron":"0 7 * * *","timeZone":"UTC"}',
      'POST schedules/daily%20report/reset {}',
    ]);
  });

  test('are added and removed', async () => {
    await tab.open('schedules', 'Schedules');
    await button('Add a schedule').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Add a schedule' });
    await dialog.getByLabel('Name').fill('tenant 8');
    const choices = dialog.getByLabel('Function').getByRole('option');
    expect(await choices.allTextContents()).toEqual(['Images.resize', 'Reports.monthly']);
    await dialog.getByLabel('Function').selectOption('Reports.monthly');
    await dialog.getByLabel('Arguments').fill('[8');
    await dialog.getByLabel('Expression').fill('10 min');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('The arguments are no JSON').waitFor();
    await dialog.getByLabel('Arguments').fill('[8]');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row('tenant 8').getByRole('link', { name: 'tenant 8' }).click();
    await button('Remove').click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await eventually(() =>
      expect(changes()).toEqual([
        'PUT schedules/tenant%208 {"jobName":"Reports.monthly","args":[8],"every":"10 min","timeZone":"UTC"}',
        'DELETE schedules/tenant%208 {}',
      ]),
    );
  });

  test('are not added where no function allows it', async () => {
    tab.dashboard.settings.schedulable.clear();
    await tab.open('schedules', 'Schedules');
    await eventually(() => expect(tab.dashboard.asked).toContain('GET functions'));
    await row('tenant 7').waitFor();
    expect(await button('Add a schedule').count()).toBe(0);
  });

  test('are only looked at by those who may not change them', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, schedules: false },
    };
    await tab.open('schedules/daily%20report', 'daily report');
    await tab.page.getByText('12 stored').waitFor();
    expect(await tab.page.getByRole('button', { name: /^(Run now|Pause|Change)$/ }).count()).toBe(0);
  });
});
