import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { fakeBatches } from '../support/fake-dashboard/fake-cluster.js';
import { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { fakeJob, HOSTILE } from '../support/fake-dashboard/fake-jobs.js';
import { Random } from '../support/fake-dashboard/random.js';
import { axe, BUILT_PAGE, openTab, startBrowser } from '../support/page.js';

let browser: Browser;
let dashboard: FakeDashboard;
let url: string;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  dashboard = new FakeDashboard(BUILT_PAGE);
  dashboard.jobs = [...hostileJobs(), ...dashboard.jobs];
  url = await dashboard.start();
});
afterEach(() => dashboard.stop());

/** Every name that a page could take for markup or a link, wherever it shows one. */
function hostileJobs() {
  const random = new Random(17);
  return HOSTILE.flatMap((text) =>
    (['failed', 'started', 'pending'] as const).map((state) =>
      fakeJob(random, 20, {
        state,
        name: text,
        description: text,
        channel: `root.${text.replaceAll('.', ' ')}`,
        node: 1,
        excName: text,
        excMessage: text,
      }),
    ),
  );
}

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;
const PAGES: readonly (readonly [path: string, ready: string])[] = [
  ['failures', '.failures-lead'],
  ['channels', '.channels-actions'],
  ['functions', '.functions-lead'],
  [`functions/${encodeURIComponent(HOSTILE[1])}`, '.retry-bars'],
  ['nodes', '.node-job'],
  ['batches', '.batches-bar'],
  [`batches/${fakeBatches([fakeJob(new Random(1), 1)])[2]?.uuid}`, '.batch-states'],
  ['audit', '.audit-target'],
];

describe.each(LOOKS)('In $colorScheme, $viewport.width px wide, hostile data', (look) => {
  test.each(PAGES)(
    'stays text, in bounds and accessible: /%s',
    async (path, ready) => {
      const { page, complaints } = await openTab(browser, look);
      await page.goto(url + path);
      await page.locator(ready).first().waitFor();
      expect(await axe(page)).toEqual([]);
      expect(await page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('main img, main script, main a[href^="javascript:"]').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );

  test.each([
    ['channels', 'Change root.pdf'],
    ['functions/Images.resize', 'Change'],
  ])(
    'leaves the dialogs accessible, too: /%s',
    async (path, button) => {
      const { page, complaints } = await openTab(browser, look);
      await page.goto(url + path);
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      expect(await axe(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );
});
