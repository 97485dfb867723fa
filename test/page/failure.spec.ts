import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { failureIdOf } from '../support/fake-dashboard/fake-cluster.js';
import { fakeJob } from '../support/fake-dashboard/fake-jobs.js';
import { Random } from '../support/fake-dashboard/random.js';
import { axe } from '../support/page.js';

const tab = dashboardTab();

/** Sixteen jobs that failed in one way, and the page of their group. */
async function openGroup() {
  const random = new Random(5);
  const jobs = Array.from({ length: 16 }, (_, index) =>
    fakeJob(random, 10 + index, {
      state: 'failed',
      name: 'Mailer.send',
      excName: 'SmtpError',
      excMessage: '421 Try again later',
    }),
  );
  tab.dashboard.jobs = [...jobs, ...tab.dashboard.jobs];
  await tab.open('failures', 'Failures');
  await tab.page.locator('tbody a', { hasText: 'SmtpError' }).first().click();
  await tab.page.getByRole('heading', { level: 1, name: 'SmtpError' }).waitFor();
  return jobs;
}

const button = (name: string) => tab.page.getByRole('button', { name, exact: true });

describe('A group of failures', () => {
  test('has an address of its own, with its whole stack and the arguments of some jobs', async () => {
    const [first] = await openGroup();
    expect(new URL(tab.page.url()).searchParams.get('group')).toBe(failureIdOf(first as never));
    await tab.page.getByText('at Mailer.send (/srv/app/src/mail/mailer.service.ts:88:13)').waitFor();
    await tab.page.getByText('node:internal/process/task_queues:105:5').waitFor();
    await tab.page.getByText('4711').first().waitFor();
    const sample = tab.page.getByRole('link', { name: first?.uuid ?? '', exact: true });
    expect(await sample.getAttribute('href')).toBe(`jobs/${first?.uuid}`);
    await tab.page.reload();
    await tab.page.getByRole('heading', { level: 1, name: 'SmtpError' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test('shows its attempts by hour, node and release, and where a release came', async () => {
    await openGroup();
    await tab.page.getByRole('img', { name: /attempts failed this way in the last 24 hours/ }).waitFor();
    expect(await tab.page.locator('.hours-column').count()).toBe(24);
    expect(await tab.page.locator('.hours-marked').count()).toBe(1);
    await tab.page.getByText('Release 2.4.0 started').waitFor();
    await button('By node').click();
    await tab.page.locator('.hours-legend').getByText('worker-2.eu-west:2418 #2').waitFor();
    await button('By release').click();
    await tab.page.locator('.hours-legend').getByText('no release named').waitFor();
    await tab.page.locator('.hours-column').nth(7).hover();
    await tab.page
      .locator('.tip')
      .getByText(/attempts? failed/)
      .waitFor();
    await button('Week').click();
    await tab.page.getByRole('img', { name: /in the last 7 days/ }).waitFor();
    expect(await tab.page.locator('.hours-column').count()).toBe(168);
  });

  test('is requeued as a whole, and its jobs are watched to their ends', async () => {
    const jobs = await openGroup();
    await button('Requeue these 16 jobs').click();
    await tab.page
      .getByRole('dialog', { name: 'Requeue 16 jobs?' })
      .getByRole('button', { name: 'Requeue 16 jobs' })
      .click();
    await tab.page
      .getByRole('dialog', { name: '16 jobs requeued' })
      .getByRole('button', { name: 'Close' })
      .last()
      .click();
    const card = tab.page.locator('.card', { hasText: 'Watching 16 requeued jobs' });
    await card.getByText('0 of 16 have ended.').waitFor();
    for (const { uuid } of jobs.slice(1)) tab.dashboard.change(uuid, { state: 'done' });
    tab.dashboard.pulse();
    await card.getByText('15 of 16 have ended.').waitFor();
    const [again] = jobs;
    tab.dashboard.change(again?.uuid ?? '', { state: 'failed' });
    tab.dashboard.pulse();
    await card.getByText('All 16 have ended.').waitFor();
    const link = card.getByRole('link', { name: again?.uuid.slice(-8) ?? '' });
    expect(await link.getAttribute('href')).toBe(`jobs/${again?.uuid}`);
    await card.getByRole('button', { name: 'Stop watching' }).click();
    await card.waitFor({ state: 'detached' });
  });

  test('is muted for as long as somebody says, says by whom, and is unmuted', async () => {
    const [job] = await openGroup();
    await button('Mute').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Mute these failures?' });
    await dialog.getByRole('button', { name: '1 week' }).click();
    await dialog.getByRole('button', { name: 'Mute', exact: true }).click();
    await tab.page.getByText('Muted', { exact: true }).waitFor();
    await tab.page.getByText(/by ada/).waitFor();
    const id = failureIdOf(job as never);
    expect(tab.dashboard.asked).toContain(`POST failures/mute ${JSON.stringify({ id, hours: 168 })}`);
    await tab.open('failures', 'Failures');
    await tab.page.locator('tbody tr').last().getByText('SmtpError').waitFor();
    await tab.page.locator('tbody a', { hasText: 'SmtpError' }).first().click();
    await button('Unmute').click();
    await button('Mute').waitFor();
  });

  test('is only looked at by those who may not requeue', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, requeue: false },
    };
    await openGroup();
    expect(await tab.page.getByRole('button', { name: /Requeue|Mute/ }).count()).toBe(0);
  });

  test('that nobody knows says so', async () => {
    await tab.page.goto(`${tab.url}failures?group=ff:No.such`);
    await tab.page.getByRole('heading', { level: 1, name: 'No.such' }).waitFor();
    await tab.page.getByRole('button', { name: 'Try again' }).waitFor();
  });

  const looks = [1440, 1024, 390].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const),
  );
  test.each(looks)(
    'can be read by all at %i px, %s',
    async (width, colorScheme) => {
      await tab.reopen({ viewport: { width, height: 900 }, colorScheme });
      await openGroup();
      await tab.page.locator('.hours-column').first().waitFor();
      expect(await axe(tab.page)).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await tab.page.evaluate(overflow)).toBeLessThanOrEqual(0);
    },
    120_000,
  );
});
