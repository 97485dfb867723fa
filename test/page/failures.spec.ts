import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { eventually } from '../support/eventually.js';
import { failureIdOf } from '../support/fake-dashboard/fake-cluster.js';
import { fakeJob } from '../support/fake-dashboard/fake-jobs.js';
import { Random } from '../support/fake-dashboard/random.js';

const tab = dashboardTab();

/** So many jobs that failed in the same way. */
function failing(count: number) {
  const random = new Random(5);
  return Array.from({ length: count }, (_, index) =>
    fakeJob(random, 10 + index, {
      state: 'failed',
      name: 'Mailer.send',
      excName: 'SmtpError',
      excMessage: '421 Try again later',
    }),
  );
}

const row = () => tab.page.getByRole('row', { name: 'SmtpError' });
const requeue = () => row().getByRole('button', { name: 'Requeue all: Mailer.send, SmtpError' });

describe('The failures', () => {
  test('stand in groups with their message, their number and some of their jobs', async () => {
    const jobs = failing(6);
    tab.dashboard.jobs = [...jobs, ...tab.dashboard.jobs];
    await tab.open('failures', 'Failures');
    await row().getByText('421 Try again later').waitFor();
    expect(await row().locator('.failures-count').textContent()).toBe('6');
    expect(
      await row()
        .getByRole('img', { name: /attempts failed this way in the last 24 hours/ })
        .count(),
    ).toBe(1);
    const sample = row().getByRole('link', { name: jobs[0]?.uuid.slice(-8) ?? '' });
    expect(await sample.getAttribute('href')).toBe(`jobs/${jobs[0]?.uuid}`);
  });

  test('show attempts that will be retried apart, and lead to their jobs', async () => {
    tab.dashboard.jobs = [...failing(1), ...tab.dashboard.jobs];
    await tab.open('failures', 'Failures');
    const outage = tab.page.getByRole('row', { name: 'GatewayTimeoutError' });
    await outage.getByRole('link', { name: '214', exact: true }).waitFor();
    expect(await outage.getByRole('button', { name: /^Requeue/ }).count()).toBe(0);
    await outage.getByRole('link', { name: '214', exact: true }).click();
    await tab.page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    expect(Object.fromEntries(new URL(tab.page.url()).searchParams)).toEqual({
      state: 'pending',
      name: 'Payments.charge',
      error: 'GatewayTimeoutError',
    });
  });

  test('lead to the list of exactly the jobs of a group', async () => {
    tab.dashboard.jobs = [...failing(6), ...tab.dashboard.jobs];
    await tab.open('failures', 'Failures');
    await row().getByRole('link', { name: 'Show jobs' }).click();
    await tab.page.getByText('6 jobs', { exact: true }).waitFor();
    await eventually(async () => expect(await tab.page.locator('tbody tr').count()).toBe(6));
    const { searchParams } = new URL(tab.page.url());
    expect(searchParams.get('state')).toBe('failed');
    await tab.page.locator('.chip').getByText('Mailer.send · SmtpError: 421 Try again later').waitFor();
    expect(searchParams.get('failure')).toBe(failureIdOf(failing(1)[0] ?? fakeJob(new Random(1), 1)));
  });

  test('are requeued as a whole group after a question, and nothing else is', async () => {
    const others = tab.dashboard.jobs;
    tab.dashboard.jobs = [...failing(1_200), ...others];
    await tab.open('failures', 'Failures');
    await requeue().click();
    const question = tab.page.getByRole('dialog', { name: 'Requeue 1,200 jobs?' });
    await question.getByText('Mailer.send · SmtpError: 421 Try again later').waitFor();
    await question.getByRole('button', { name: 'Requeue 1,200 jobs' }).click();
    const result = tab.page.getByRole('dialog', { name: '1,200 jobs requeued' });
    await result.getByRole('button', { name: 'Close' }).last().click();
    await row().waitFor({ state: 'detached' });
    expect(tab.dashboard.jobs.filter(({ name }) => name === 'Mailer.send').map(({ state }) => state)).toEqual(
      Array.from({ length: 1_200 }, () => 'pending'),
    );
    expect(tab.dashboard.jobs.filter(({ name }) => name !== 'Mailer.send')).toEqual(others);
  });

  test('are counted again where more have failed before somebody said yes', async () => {
    const [late, ...jobs] = failing(4);
    tab.dashboard.jobs = [...jobs, ...tab.dashboard.jobs];
    await tab.open('failures', 'Failures');
    await requeue().click();
    const question = tab.page.getByRole('dialog', { name: 'Requeue 3 jobs?' });
    await question.waitFor();
    tab.dashboard.jobs = [...tab.dashboard.jobs, ...(late === undefined ? [] : [late])];
    await question.getByRole('button', { name: 'Requeue 3 jobs' }).click();
    await tab.page.getByText('Now 4 jobs match.').waitFor();
    expect(jobs.every(({ uuid }) => stateOf(uuid) === 'failed')).toBe(true);
    await tab.page.getByRole('button', { name: 'Requeue 4 jobs' }).click();
    await tab.page.getByRole('dialog', { name: '4 jobs requeued' }).waitFor();
  });

  test('are requeued with the keyboard alone', async () => {
    tab.dashboard.jobs = [...failing(2), ...tab.dashboard.jobs];
    await tab.open('failures', 'Failures');
    await row().waitFor();
    await tab.page.keyboard.press('j');
    await tab.page.keyboard.press('r');
    await tab.page.getByRole('dialog', { name: 'Requeue 2 jobs?' }).waitFor();
    await tab.page.keyboard.press('Escape');
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(tab.dashboard.asked.some((line) => line.startsWith('POST'))).toBe(false);
  });

  test('can not be requeued by those who may not', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, requeue: false },
    };
    await tab.open('failures', 'Failures');
    await tab.page.getByRole('link', { name: 'Show jobs' }).first().waitFor();
    expect(await tab.page.getByRole('button', { name: /Requeue/ }).count()).toBe(0);
  });

  test('say so where there is none', async () => {
    tab.dashboard.jobs = tab.dashboard.jobs.filter(({ state }) => state !== 'failed');
    await tab.open('failures', 'Failures');
    await tab.page.getByText('No failures').waitFor();
  });
});

const stateOf = (uuid: string) => tab.dashboard.jobs.find((job) => job.uuid === uuid)?.state;
