import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { axe } from '../support/page.js';

const tab = dashboardTab();
const newest = () => {
  const [job] = tab.dashboard.jobs;
  if (job === undefined) throw new Error('The fake has no job');
  return job;
};
const WIDTHS = [1440, 1024, 390];

describe('Nothing is hidden:', () => {
  test.each(WIDTHS)(
    'rules and pauses of channels at %i px',
    async (width) => {
      await tab.reopen({ viewport: { width, height: 900 } });
      await tab.open('channels', 'Channels');
      const row = (name: string) => tab.page.locator(`tr[data-key="${name}"]`);
      await row('root.payments').waitFor();
      for (const words of ['2s apart', '100 starts in 1m']) {
        expect([words, await row('root.payments').getByText(words).first().isVisible()]).toEqual([
          words,
          true,
        ]);
      }
      expect(await row('root.erp').getByText('Sequential').first().isVisible()).toBe(true);
      expect(await row('root.reports').getByText('Paused', { exact: true }).first().isVisible()).toBe(true);
    },
    60_000,
  );

  test('the end of a name that has no room, which tells it from others', async () => {
    const name = `${'Very'.repeat(40)}LongProvider.theLastPart`;
    tab.dashboard.change(newest().uuid, { name, channel: `root.${'tenants'.repeat(20)}.t4711` });
    await tab.reopen({ viewport: { width: 1024, height: 800 } });
    await tab.open('jobs', 'Jobs');
    const text = tab.page.locator('.tail', { hasText: 'theLastPart' }).first();
    await text.waitFor();
    const [right, end] = (await tab.page.evaluate(`(() => {
      const element = [...document.querySelectorAll('.tail')].find((one) => one.textContent.includes('theLastPart'));
      const range = document.createRange();
      range.selectNodeContents(element);
      return [element, range].map((one) => one.getBoundingClientRect().right);
    })()`)) as [number, number];
    expect(Math.abs(right - end)).toBeLessThan(2);
  });

  test('that a job is retried, which has another colour than one that waits', async () => {
    const [waiting, retried] = tab.dashboard.jobs;
    tab.dashboard.change(waiting?.uuid ?? '', { state: 'pending', excName: null });
    tab.dashboard.change(retried?.uuid ?? '', { state: 'pending', excName: 'HttpError' });
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.reopen({ colorScheme });
      await tab.open('jobs', 'Jobs');
      const colour = async (uuid: string | undefined) => {
        await tab.page.locator(`tr[data-key="${uuid}"] .badge`).first().waitFor();
        return tab.page.evaluate(
          `getComputedStyle(document.querySelector('tr[data-key="${uuid}"] .badge')).backgroundColor`,
        );
      };
      expect(await colour(waiting?.uuid)).not.toBe(await colour(retried?.uuid));
    }
  });

  test('characters that turn or hide what is around them', async () => {
    const { uuid } = newest();
    tab.dashboard.change(uuid, { description: 'pay\u202Etxt.exe\u0007 to\u200Bday' });
    await tab.open('jobs', 'Jobs');
    await tab.page.getByText('pay⟨U+202E⟩txt.exe⟨U+0007⟩ to⟨U+200B⟩day').first().waitFor();
    expect(await tab.page.locator('main').textContent()).not.toMatch(/\u202E|\u200B/);
  });

  test('where charts beside each other begin: at the same place', async () => {
    await tab.reopen({ viewport: { width: 1440, height: 900 } });
    await tab.open('', 'Overview');
    await tab.page.locator('.u-over').nth(3).waitFor();
    const lefts = (await tab.page.evaluate(
      `[...document.querySelectorAll('.chart-host')].map((host) => host.querySelector('.u-over').getBoundingClientRect().left - host.getBoundingClientRect().left)`,
    )) as number[];
    expect(lefts).toHaveLength(4);
    expect(new Set(lefts.map(Math.round)).size).toBe(1);
  });

  test('the jobs behind a bar, which a click leads to', async () => {
    await tab.open('', 'Overview');
    const plot = tab.page.locator('.u-over').first();
    await plot.hover();
    await tab.page.getByText('Click to see the jobs stored then').first().waitFor();
    await plot.click();
    await tab.page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    const { searchParams } = new URL(tab.page.url());
    const [from, to] = ['from', 'to'].map((name) => Date.parse(searchParams.get(name) ?? ''));
    expect((to ?? 0) - (from ?? 0)).toBe(60_000);
  });

  test('the data of log lines, which are filtered and downloaded', async () => {
    const { uuid } = newest();
    const line = (id: string, message: string, order: string) => ({
      id,
      retry: 1,
      date: new Date().toISOString(),
      message,
      data: { t: 'record', type: 'Object', entries: [['order', { t: 'number', v: order }]] } as const,
    });
    tab.dashboard.logs.set(uuid, [line('1', 'Reading', '4711'), line('2', 'Writing', '12')]);
    await tab.page.goto(`${tab.url}jobs/${uuid}`);
    await tab.page.getByRole('tab', { name: 'Log' }).click();
    await tab.page.getByText('{ order: 4711 }').waitFor();
    await tab.page.getByRole('searchbox', { name: 'Filter lines' }).fill('4711');
    await tab.page.getByText('1 line', { exact: true }).waitFor();
    expect(await tab.page.getByText('{ order: 12 }').count()).toBe(0);
    const [file] = await Promise.all([
      tab.page.waitForEvent('download'),
      tab.page.getByRole('tabpanel').getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`${uuid}-log.txt`);
    expect(await axe(tab.page)).toEqual([]);
  });

  test.each(['', 'jobs', 'failures', 'channels', 'functions', 'schedules', 'nodes', 'audit'])(
    'what a finger presses: at least 32 pixels, on /%s',
    async (path) => {
      await tab.reopen({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
      await tab.page.goto(tab.url + path);
      await tab.page.getByRole('heading', { level: 1 }).waitFor();
      await tab.page.locator('main button, main a').first().waitFor();
      const small = await tab.page.evaluate(`
        [...document.querySelectorAll('main button, main summary, main select, main .button')]
          .filter((one) => one.offsetParent !== null && !one.classList.contains('link'))
          .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
          .filter(([{ width, height }]) => width > 0 && (height < 31.5 || width < 31.5))
          .map(([{ width, height }, html]) => Math.round(width) + 'x' + Math.round(height) + ' ' + html)
      `);
      expect(small).toEqual([]);
    },
    60_000,
  );
});
