import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
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
  url = await dashboard.start();
});
afterEach(() => dashboard.stop());

describe('The page of the dashboard', () => {
  test('leads from page to page, names the tab, and comes back with the button of the browser', async () => {
    const { page, complaints } = await openTab(browser);
    await page.goto(url);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(await page.title()).toBe('Overview · Acme queue');
    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    expect(page.url()).toBe(`${url}jobs`);
    await page.goBack();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('goes where the keys say, lists them by ?, and searches by /', async () => {
    const { page } = await openTab(browser);
    await page.goto(url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.getByText('Search jobs').waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Filter by' }).and(page.locator(':focus')).waitFor();
    await page.close();
  });

  test('is in the search by / from another page, and stays there once that page is painted', async () => {
    const { page } = await openTab(browser);
    await page.goto(url);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await page.evaluate('new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 100)))');
    const search = page.getByRole('combobox', { name: 'Filter by' });
    expect(await search.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true);
    await page.close();
  });

  test('is light or dark as the system is, until somebody chooses, and remembers it', async () => {
    const { page } = await openTab(browser, { colorScheme: 'dark' });
    await page.goto(url);
    await page.locator('html[data-theme=dark]').waitFor();
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.locator('html[data-theme=light]').waitFor();
    await page.reload();
    await page.locator('html[data-theme=light]').waitFor();
    await page.close();
  });

  test('speaks the language of the browser, or the one that was chosen', async () => {
    const { page } = await openTab(browser, { locale: 'fr-FR' });
    await page.goto(`${url}jobs`);
    await page.getByRole('heading', { name: 'Tâches', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await page.getByLabel('Langue').first().selectOption('en');
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await page.close();
  });

  test('speaks German, which is one file, at every width', async () => {
    for (const width of [1440, 1024, 390]) {
      const { page, complaints } = await openTab(browser, {
        locale: 'de-DE',
        viewport: { width, height: 900 },
      });
      for (const [path, heading] of [
        ['', 'Übersicht'],
        ['jobs', 'Jobs'],
        ['failures', 'Fehler'],
        ['channels', 'Kanäle'],
        ['nodes', 'Knoten'],
        ['audit', 'Protokoll'],
      ] as const) {
        await page.goto(url + path);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect([path, width, Math.max(0, await page.evaluate(overflow))]).toEqual([path, width, 0]);
      }
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
      expect(complaints).toEqual([]);
      await page.close();
    }
  }, 60_000);

  test('draws its charts in a browser whose language is no tag of a language', async () => {
    const { page, complaints } = await openTab(browser);
    await page.addInitScript(`
      Object.defineProperty(Navigator.prototype, 'language', { get: () => 'fr_FR@posix', configurable: true });
      Object.defineProperty(Navigator.prototype, 'languages', { get: () => ['fr_FR@posix', 'C'], configurable: true });
    `);
    await page.goto(url);
    await page.locator('.chart canvas').first().waitFor();
    await page.getByRole('heading', { name: 'Vue d’ensemble', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('turns offline after 30 s without a sign of the server, and comes back', async () => {
    const { page } = await openTab(browser);
    await page.clock.install();
    await page.goto(url);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.route('**/api/events*', (route) => route.abort());
    await page.clock.fastForward(31_000);
    await page.getByText('Offline, reconnecting…').first().waitFor();
    await page.unroute('**/api/events*');
    await page.clock.fastForward(31_000);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.close();
  });

  test('shows times in UTC if it is asked to', async () => {
    const { page } = await openTab(browser, { timezoneId: 'Asia/Tokyo' });
    await page.goto(`${url}jobs`);
    const tip = () => page.locator('tbody time').first().getAttribute('data-tip');
    await page.locator('tbody time').first().waitFor();
    expect(await tip()).not.toContain('UTC');
    await page.getByRole('button', { name: 'Show times in UTC' }).click();
    expect(await tip()).toContain('UTC');
    await page.reload();
    await page.locator('tbody time').first().waitFor();
    expect(await tip()).toContain('UTC');
    await page.close();
  });

  test('says what is wrong where the server answers with an error, and tries again when asked', async () => {
    dashboard.broken.set('overview', 503);
    const { page } = await openTab(browser);
    await page.goto(url);
    await page.getByRole('alert').getByText('overview is broken.').waitFor();
    dashboard.broken.clear();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('3 alive').waitFor();
    await page.close();
  });

  test('hides the audit trail from those who may not read it', async () => {
    dashboard.about = { ...dashboard.about, rights: { ...dashboard.about.rights, audit: false } };
    const { page } = await openTab(browser);
    await page.goto(url);
    await page.getByRole('link', { name: 'Failures' }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit trail' }).count()).toBe(0);
    await page.close();
  });

  const looks = [
    { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const;
  for (const look of looks) {
    test.each(['', 'jobs', 'jobs?text=nowhere'])(
      `is accessible and stays in its bounds, ${look.colorScheme}, ${look.viewport.width} px wide: /%s`,
      async (path) => {
        const { page, complaints } = await openTab(browser, look);
        await page.goto(`${url}${path}`);
        await page.locator('.table, .empty').first().waitFor();
        expect(await axe(page)).toEqual([]);
        expect(await page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
        expect(complaints).toEqual([]);
        await page.close();
      },
      60_000,
    );
  }
});
