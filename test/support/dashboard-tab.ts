import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { FakeDashboard } from './fake-dashboard/fake-dashboard.js';
import { BUILT_PAGE, openTab, startBrowser } from './page.js';

export interface DashboardTab {
  readonly dashboard: FakeDashboard;
  readonly page: Page;
  readonly url: string;
  /** Of the browser's console. */
  readonly complaints: readonly string[];
  /** Another tab in the place of this one, such as a narrow or a dark one. */
  readonly reopen: (look: Parameters<typeof openTab>[1]) => Promise<void>;
  /** Opens a page below the base, and waits for its heading. */
  readonly open: (path: string, heading: string) => Promise<void>;
}

/** A server and a tab for each test of a file, in one browser. */
export function dashboardTab(): DashboardTab {
  let browser: Browser;
  let dashboard: FakeDashboard;
  let url: string;
  let tab: Awaited<ReturnType<typeof openTab>>;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    dashboard = new FakeDashboard(BUILT_PAGE);
    url = await dashboard.start();
    tab = await openTab(browser);
  });
  afterEach(async () => {
    await tab.page.close();
    await dashboard.stop();
  });
  return {
    get dashboard() {
      return dashboard;
    },
    get page() {
      return tab.page;
    },
    get url() {
      return url;
    },
    get complaints() {
      return tab.complaints;
    },
    reopen: async (look) => {
      await tab.page.close();
      tab = await openTab(browser, look);
    },
    open: async (path, heading) => {
      await tab.page.goto(url + path);
      await tab.page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    },
  };
}
