import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { axe } from '../support/page.js';

const tab = dashboardTab();
const link = (text: string | RegExp) => tab.page.getByRole('link', { name: text });
const heading = () => tab.page.getByRole('heading', { name: 'Needs attention' });

describe('What needs attention', () => {
  test('stands on top of the overview, each a link to where it is mended', async () => {
    await tab.open('', 'Overview');
    await heading().waitFor();
    const targets: readonly (readonly [RegExp, string])[] = [
      [/Node worker-4\.internal:4711 #4 is silent, last seen/, 'nodes'],
      [/214 attempts failed in the last 15 minutes; 6 is usual/, 'failures'],
      [
        /1,204 jobs wait because root\.reports is paused by ada@example\.com/,
        'channels?channel=root.reports',
      ],
      [/A failed job stops the sequential channel root\.erp, and 38 jobs wait/, 'jobs/'],
      [/No living node has LegacyImport\.run, so its jobs wait/, 'jobs?state=pending&name=LegacyImport.run'],
      [/The schedule ledger-close is late: its tick was due 7.*ago/, 'schedules/ledger-close'],
      [/12 jobs wait because Images\.resize is paused by grace/, 'functions/Images.resize'],
      [/No living node serves root\.video, and jobs wait in it/, 'nodes'],
      [/No living node that serves root\.mail has Images\.resize/, 'nodes'],
      [/A job has been ready for 1h 11m and has not started/, 'jobs/'],
    ];
    for (const [text, target] of targets) {
      expect([text, (await link(text).getAttribute('href'))?.startsWith(target)]).toEqual([text, true]);
    }
    await link(/root\.reports is paused/).click();
    await tab.page.getByRole('heading', { level: 1, name: 'Channels' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test('is not there if all is well', async () => {
    tab.dashboard.jobs.length = 0;
    await tab.open('', 'Overview');
    await tab.page.getByText('No job yet').waitFor();
    expect(await heading().count()).toBe(0);
  });

  const looks = [1440, 1024, 390].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const),
  );
  test.each(looks)(
    'can be read by all at %i px, %s',
    async (width, colorScheme) => {
      await tab.reopen({ viewport: { width, height: 900 }, colorScheme });
      await tab.open('', 'Overview');
      await heading().waitFor();
      expect(await axe(tab.page)).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await tab.page.evaluate(overflow)).toBeLessThanOrEqual(0);
    },
    120_000,
  );
});
