import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { axe, BUILT_PAGE, openTab, startBrowser } from '../support/page.js';

let browser: Browser;
let dashboard: FakeDashboard;
let url: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await dashboard.stop();
});

async function open(jobs: number, path: string): Promise<void> {
  dashboard = new FakeDashboard(BUILT_PAGE, { jobs });
  url = await dashboard.start();
  ({ page, complaints } = await openTab(browser));
  await page.goto(`${url}${path}`);
  await rows().first().waitFor();
}

const rows = () => page.locator('tbody tr');
const bar = () => page.getByRole('region', { name: 'Actions on the selected jobs' });
const dialog = () => page.getByRole('dialog');
const inState = (...states: string[]) => dashboard.jobs.filter(({ state }) => states.includes(state)).length;
const actionsAsked = () => dashboard.asked.filter((line) => line.startsWith('POST jobs/actions/'));
const selectRow = (index: number) => rows().nth(index).getByRole('checkbox').check();

describe('Actions on many jobs', () => {
  test('count all that match to the end, ask, show how far they are, and say how many were changed', async () => {
    await open(10_400, 'jobs?state=done,failed,cancelled,pending');
    const [matching, waiting] = [inState('done', 'failed', 'cancelled', 'pending'), inState('pending')];
    let goOn = () => undefined as void;
    let batches = 0;
    dashboard.rest = async () => {
      batches += 1;
      await (batches === 3 ? new Promise<void>((resolve) => (goOn = resolve)) : undefined);
    };
    await selectRow(0);
    await bar().getByRole('button', { name: 'Select all matching jobs' }).click();
    await bar().getByText('All matching jobs are selected').waitFor();
    await bar().getByRole('button', { name: 'Requeue' }).click();
    const n = matching.toLocaleString('en-GB');
    await dialog()
      .getByRole('heading', { name: `Requeue ${n} jobs?` })
      .waitFor();
    await dialog().getByText('Done, Failed, Cancelled').waitFor();
    expect(actionsAsked()).toEqual([]);
    await dialog()
      .getByRole('button', { name: `Requeue ${n} jobs` })
      .click();
    await dialog().getByText(`1,500 of ${n} processed`).waitFor();
    const share = await dialog().getByRole('progressbar').getAttribute('aria-valuenow');
    expect(Number(share)).toBe(Math.round((1_500 / matching) * 100));
    goOn();
    const changed = (matching - waiting).toLocaleString('en-GB');
    await dialog()
      .getByRole('heading', { name: `${changed} jobs requeued` })
      .waitFor();
    await dialog().getByText('in a state that does not allow it: Pending').waitFor();
    await dialog().getByRole('link').first().waitFor();
    expect(inState('pending')).toBe(matching);
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
    expect(await bar().count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('do nothing where more match than were counted, and ask again with the new count', async () => {
    await open(400, 'jobs?state=failed');
    const counted = inState('failed');
    await selectRow(0);
    await bar().getByRole('button', { name: 'Select all matching jobs' }).click();
    await bar().getByRole('button', { name: 'Delete' }).click();
    await dialog()
      .getByRole('heading', { name: `Delete ${counted} jobs?` })
      .waitFor();
    const two = dashboard.jobs.filter(({ state }) => state === 'done').slice(0, 2);
    two.forEach(({ uuid }) => dashboard.change(uuid, { state: 'failed' }));
    await dialog().getByRole('button', { name: 'Delete', exact: false }).last().click();
    await dialog()
      .getByRole('heading', { name: `Delete ${counted + 2} jobs?` })
      .waitFor();
    await dialog().getByText('Nothing has been changed yet').waitFor();
    expect(inState('failed')).toBe(counted + 2);
    await dialog()
      .getByRole('button', { name: `Delete ${counted + 2} jobs` })
      .click();
    await dialog()
      .getByRole('heading', { name: `${counted + 2} jobs deleted` })
      .waitFor();
    expect(inState('failed')).toBe(0);
  });

  test('leave alone what was stored after the count', async () => {
    await open(400, 'jobs?state=failed');
    await selectRow(0);
    await bar().getByRole('button', { name: 'Select all matching jobs' }).click();
    await bar().getByRole('button', { name: 'Requeue' }).click();
    await dialog()
      .getByRole('button', { name: /^Requeue/ })
      .click();
    await dialog().getByText('All of them were changed.').waitFor();
    const [asked = ''] = actionsAsked();
    const { filter } = JSON.parse(asked.slice(asked.indexOf('{'))) as { filter: Record<string, string> };
    expect(Date.parse(filter['to'] ?? '')).toBeLessThanOrEqual(Date.now());
    expect(filter['state']).toBe('failed');
  });

  test('are for the selected rows alone, and tell which of them do not allow it', async () => {
    await open(400, 'jobs');
    const chosen = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const index of chosen) {
      await selectRow(index);
    }
    const uuids = dashboard.jobs.slice(0, 8).map(({ uuid }) => uuid);
    const can = dashboard.jobs.slice(0, 8).filter(({ actions }) => actions.includes('cancel')).length;
    await bar().getByText('8 selected').waitFor();
    await bar().getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByText('will not be changed').waitFor();
    await dialog().getByRole('button', { name: 'Cancel 8 jobs' }).click();
    await dialog()
      .getByRole('heading', { name: `${can} jobs cancelled` })
      .waitFor();
    expect(actionsAsked()).toEqual([`POST jobs/actions/cancel ${JSON.stringify({ uuids })}`]);
  });

  test('begin with r and c: on the row in focus, or on those that are selected', async () => {
    await open(400, 'jobs?state=failed');
    const [first, second] = dashboard.jobs.filter(({ state }) => state === 'failed');
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await dialog().getByRole('heading', { name: 'Requeue 1 job?' }).waitFor();
    await dialog().getByRole('button', { name: 'Requeue 1 job' }).click();
    await page.getByRole('status').getByText('1 job requeued').waitFor();
    expect(dashboard.jobs.find(({ uuid }) => uuid === first?.uuid)?.state).toBe('pending');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('c');
    await dialog().getByRole('heading', { name: 'Cancel 1 job?' }).waitFor();
    await page.keyboard.press('Escape');
    expect(actionsAsked().length).toBe(1);
    await page.keyboard.press('Escape');
    await bar().waitFor({ state: 'detached' });
    expect(dashboard.jobs.find(({ uuid }) => uuid === second?.uuid)?.state).toBe('failed');
  });

  test('are stopped on the way, and say how many were not looked at', async () => {
    await open(3_000, 'jobs?state=done');
    const matching = inState('done');
    dashboard.rest = () => new Promise(() => undefined);
    await selectRow(0);
    await bar().getByRole('button', { name: 'Select all matching jobs' }).click();
    await bar().getByRole('button', { name: 'Delete' }).click();
    await dialog()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await dialog().getByText('500 of').waitFor();
    await dialog().getByRole('button', { name: 'Stop here' }).click();
    await dialog()
      .getByText(`${(matching - 500).toLocaleString('en-GB')} jobs were not processed`)
      .waitFor();
  });

  test('are not offered to those who have no right to them', async () => {
    dashboard = new FakeDashboard(BUILT_PAGE);
    dashboard.about = {
      ...dashboard.about,
      rights: { ...dashboard.about.rights, delete: false, cancel: false },
    };
    url = await dashboard.start();
    ({ page, complaints } = await openTab(browser));
    await page.goto(`${url}jobs?state=failed`);
    await rows().first().waitFor();
    await selectRow(0);
    await bar().getByRole('button', { name: 'Requeue' }).waitFor();
    expect(await bar().getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await page.keyboard.press('c');
    expect(await dialog().count()).toBe(0);
  });

  const looks = [
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const;
  test.each(looks)(
    'are accessible and stay in their bounds: $colorScheme',
    async (look) => {
      dashboard = new FakeDashboard(BUILT_PAGE);
      url = await dashboard.start();
      ({ page, complaints } = await openTab(browser, look));
      await page.goto(`${url}jobs`);
      await rows().first().waitFor();
      await selectRow(0);
      await selectRow(5);
      await bar().waitFor();
      expect(await page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
      await bar().getByRole('button', { name: 'Delete' }).click();
      await dialog().getByRole('button', { name: 'Delete 2 jobs' }).waitFor();
      expect(await axe(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    60_000,
  );
});
