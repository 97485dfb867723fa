import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { axe } from '../support/page.js';

const tab = dashboardTab();
const stat = (label: string) => tab.page.locator('.channel-stats .stat', { hasText: label });

describe('The page of a channel', () => {
  test('says whether it keeps up, what it is busy with, who serves it and who changed it', async () => {
    await tab.open('channels', 'Channels');
    await tab.page.locator('tr[data-key="root.mail"]').getByRole('link', { name: 'root.mail' }).click();
    await tab.page.waitForURL(`${tab.url}channels/root.mail`);
    await stat('Wait p50 / p95 / p99').getByText('1.4s / 1m 24s / 6m 50s').waitFor();
    await stat('Throughput').getByText('4.2/min').waitFor();
    await stat('Time to empty').waitFor();
    const oldest = await stat('Oldest waiting').getAttribute('href');
    expect(oldest).toMatch(/^jobs\/[0-9a-f-]{36}$/);
    const functions = tab.page.getByRole('table', { name: 'Functions' });
    const names = await functions.locator('tbody .row-link').allTextContents();
    expect(names.length).toBeGreaterThan(0);
    expect(names).toContain('InvoiceService.send');
    await tab.page.getByRole('link', { name: 'worker-1.eu-west:2417 #1' }).waitFor();
    await tab.page.getByText('ada@example.com set Capacity: 4, Paused: no').waitFor();
    await tab.page.getByText('grace reset it to the code').waitFor();
    expect(await stat('Waiting').first().getAttribute('href')).toBe(
      'jobs?state=pending,enqueued&channel=root.mail',
    );
  });

  test('pauses it with the question, says by whom, and undoes it', async () => {
    await tab.page.goto(`${tab.url}channels/root.pdf`);
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await tab.page
      .getByRole('dialog', { name: 'Pause root.pdf?' })
      .getByRole('button', { name: 'Pause' })
      .click();
    await tab.page.getByRole('heading', { level: 1 }).getByText('by ada@example.com').waitFor();
    await tab.page.getByRole('button', { name: 'Undo' }).click();
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(tab.dashboard.settings.channels.get('root.pdf')).toEqual({});
  });

  test('says so where there is none of the name', async () => {
    await tab.page.goto(`${tab.url}channels/root.none`);
    await tab.page.getByRole('alert').first().waitFor();
  });

  test.each([
    { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)(
    'is accessible and in bounds, $viewport.width px wide',
    async (look) => {
      await tab.reopen(look);
      for (const [path, ready] of [
        ['channels/root.mail', '.channel-list'],
        ['functions', '.functions-lead'],
      ] as const) {
        await tab.page.goto(tab.url + path);
        await tab.page.locator(ready).first().waitFor();
        expect(await axe(tab.page)).toEqual([]);
        expect(await tab.page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
      }
      expect(tab.complaints).toEqual([]);
    },
    60_000,
  );
});

describe('The list of functions', () => {
  test('stands by what they cost, and by what else is asked for, and leads to the slowest jobs', async () => {
    await tab.open('functions', 'Functions');
    const names = () => tab.page.locator('tbody .row-link').allTextContents();
    await tab.page.locator('tbody .row-link').first().waitFor();
    const functions = (await (await fetch(`${tab.url}api/functions`)).json()) as {
      name: string;
      total: number;
      failureRate: number;
    }[];
    const by = (key: 'total' | 'failureRate') =>
      functions.toSorted((a, b) => b[key] - a[key]).map(({ name }) => name);
    expect(await names()).toEqual(by('total'));
    await tab.page.getByLabel('Sort').selectOption('rate');
    expect(await names()).toEqual(by('failureRate'));
    const link = tab.page.locator('tr[data-key="Images.resize"] a[data-tip="Slowest jobs"]');
    expect(await link.getAttribute('href')).toBe('jobs?name=Images.resize&sort=slowest');
  });
});
