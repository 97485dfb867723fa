import { beforeEach, describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { fakeJob } from '../support/fake-dashboard/fake-jobs.js';
import { Random } from '../support/fake-dashboard/random.js';

const tab = dashboardTab();
let clicks = 0;

beforeEach(async () => {
  clicks = 0;
  await tab.page.exposeFunction('countClick', () => (clicks += 1));
  await tab.page.addInitScript(
    `addEventListener('click', ({ isTrusted, detail }) => isTrusted && detail > 0 && countClick(), true)`,
  );
  await tab.open('', 'Overview');
});

// The list of tasks is in CONTRIBUTING.md.
describe('From the overview, by few clicks, one', () => {
  test('finds customer 4711 and says why their job waits: 3', async () => {
    const job = fakeJob(new Random(3), 600, {
      state: 'pending',
      channel: 'root.erp',
      description: 'Push the order of customer 4711',
    });
    tab.dashboard.jobs = [...tab.dashboard.jobs, job];
    tab.dashboard.waits = {
      [job.uuid]: {
        reasons: [{ kind: 'full', channel: 'root.erp', capacity: 5, running: 5, ahead: 12 }],
        position: 13,
        startsIn: 90,
      },
    };
    await tab.page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).first().click();
    await tab.page.keyboard.press('/');
    await tab.page.keyboard.type('4711');
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('link', { name: 'Push the order of customer 4711' }).click();
    await tab.page.getByText('The channel root.erp is full: 5 running, 12 ahead of this one.').waitFor();
    expect(clicks).toBeLessThanOrEqual(3);
  });

  test('requeues the jobs of an outage and watches them end: 4', async () => {
    const random = new Random(5);
    const jobs = Array.from({ length: 16 }, (_, at) =>
      fakeJob(random, 10 + at, {
        state: 'failed',
        name: 'Mailer.send',
        excName: 'SmtpError',
        excMessage: '421 Try again later',
      }),
    );
    tab.dashboard.jobs = [...jobs, ...tab.dashboard.jobs];
    await tab.page.getByRole('navigation').getByRole('link', { name: 'Failures' }).first().click();
    await tab.page.getByRole('row', { name: 'SmtpError' }).getByRole('link', { name: 'SmtpError' }).click();
    await tab.page.getByRole('button', { name: 'Requeue these 16' }).click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Requeue 16 jobs' }).click();
    await tab.page.getByText('Watching 16 requeued jobs').first().waitFor();
    for (const { uuid } of jobs) tab.dashboard.change(uuid, { state: 'done' });
    tab.dashboard.pulse();
    await tab.page.getByText('All 16 have ended.').waitFor();
    expect(clicks).toBeLessThanOrEqual(4);
  });

  test('finds the bottleneck: 3', async () => {
    await tab.page.getByRole('table', { name: 'Busiest channels' }).locator('.row-link').first().click();
    const stats = tab.page.locator('.channel-stats');
    await stats.getByText('Time to empty').waitFor();
    await stats.getByText('1.4s / 1m 24s / 6m 50s').waitFor();
    await tab.page.getByRole('table', { name: 'Functions' }).locator('.row-link').first().waitFor();
    expect(clicks).toBeLessThanOrEqual(3);
  });

  test('drains a node: 3', async () => {
    await tab.page.getByRole('navigation').getByRole('link', { name: 'Nodes' }).first().click();
    await tab.page.getByRole('button', { name: 'Drain: worker-1' }).click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click();
    await tab.page.getByText('Draining', { exact: true }).first().waitFor();
    expect(clicks).toBeLessThanOrEqual(3);
  });
});
