import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { FakeDashboard } from '../support/fake-dashboard/fake-dashboard.js';
import { bigGraph } from '../support/fake-dashboard/fake-graph.js';
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
beforeEach(async () => {
  dashboard = new FakeDashboard(BUILT_PAGE);
  url = await dashboard.start();
  ({ page, complaints } = await openTab(browser));
});
afterEach(async () => {
  await page.close();
  await dashboard.stop();
});

async function open(size: number, query = ''): Promise<void> {
  dashboard.graph = bigGraph(size);
  await page.goto(`${url}graphs/${dashboard.graph.uuid}${query}`);
  await page
    .locator(query === '' ? '[data-ready]' : 'tbody tr')
    .first()
    .waitFor();
}

const canvas = () => page.getByRole('application');
const card = () => page.locator('.graph-card');
/** What is drawn, as a number: another picture, another number. */
const picture = () =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.graph-canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum = (sum * 31 + data[at] + data[at + 1] * 3 + data[at + 3]) | 0;
    return sum;
  })()`);
const changed = async (from: unknown) => {
  for (;;) {
    const now = await picture();
    if (now !== from) {
      return now;
    }
  }
};

describe('The page of a graph', () => {
  test('is walked through with the arrow keys, tells of each job, and opens it with Enter', async () => {
    await open(60);
    await canvas().focus();
    await page.keyboard.press('ArrowRight');
    await card().waitFor();
    const first = await card().locator('strong').textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      `document.querySelector('.graph-card strong').textContent !== ${JSON.stringify(first)}`,
    );
    const title = await card().locator('strong').textContent();
    await page.keyboard.press('Enter');
    const uuid = dashboard.graph?.nodes.find(({ description }) => description === title)?.uuid ?? '';
    await page.waitForURL(`${url}jobs/${uuid}`);
  });

  test('is moved by dragging, zoomed by the wheel and the buttons, and fitted again', async () => {
    await open(300);
    const box = await canvas().boundingBox();
    const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 20];
    const fitted = await picture();
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -400);
    const zoomed = await changed(fitted);
    await page.mouse.down();
    await page.mouse.move(x + 60, y + 90, { steps: 4 });
    await page.mouse.up();
    const moved = await changed(zoomed);
    await page.getByRole('button', { name: 'Smaller' }).click();
    await changed(moved);
    await page.mouse.move(x, y);
    await page.getByRole('button', { name: 'Show all of it' }).click();
    await page.mouse.move(5, 5);
    await page.waitForFunction('true');
    for (let now = await picture(); now !== fitted; now = await picture());
  });

  test('is zoomed with two fingers', async () => {
    await open(60);
    const before = await picture();
    await page.evaluate(`(() => {
      const canvas = document.querySelector('.graph-canvas');
      canvas.setPointerCapture = () => undefined;
      const { left, top } = canvas.getBoundingClientRect();
      const send = (type, pointerId, x, y) =>
        canvas.dispatchEvent(new PointerEvent(type, { pointerId, clientX: left + x, clientY: top + y, button: 0, pointerType: 'touch' }));
      send('pointerdown', 1, 300, 200);
      send('pointerdown', 2, 340, 200);
      send('pointermove', 2, 600, 200);
      send('pointerup', 2, 600, 200);
      send('pointerup', 1, 300, 200);
    })()`);
    await changed(before);
    expect(page.url()).toContain('graphs/');
  });

  test('shows by the pointer what holds a job up, and opens it with a click', async () => {
    await open(60);
    const stuck = dashboard.graph?.nodes.find(({ waitingFor }) => waitingFor.length > 0);
    const box = await canvas().boundingBox();
    const found = async () =>
      (await card()
        .textContent()
        .catch(() => '')) ?? '';
    const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
    let at: { x: number; y: number } | null = null;
    for (let down = 10; down < height && at === null; down += 12) {
      for (let right = 40; right < width && at === null; right += 60) {
        await page.mouse.move(x + right, y + down);
        if ((await card().count()) > 0 && (await found()).includes(`${stuck?.description ?? ''}C`)) {
          at = { x: x + right, y: y + down };
        }
      }
    }
    expect(await found()).toContain('Can not start, as this did not succeed:');
    await page.mouse.click(at?.x ?? 0, at?.y ?? 0);
    await page.waitForURL(`${url}jobs/${stuck?.uuid ?? ''}`);
  });

  test('changes with the states of its jobs, and lets one state stand out', async () => {
    await open(60);
    const before = await picture();
    const graph = dashboard.graph;
    if (graph === null) {
      throw new Error('No graph is open.');
    }
    dashboard.graph = {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, state: 'done', waitingFor: [] })),
      counts: { ...graph.counts, done: 60, wait_dependencies: 0 },
    };
    dashboard.pulse();
    await page.getByRole('button', { name: 'Done 60' }).waitFor();
    const after = await changed(before);
    await page.getByRole('button', { name: 'Failed' }).click();
    await changed(after);
  });

  test('stands a graph of five thousand jobs, and draws it again at once when it is moved', async () => {
    await open(5_000);
    await page.evaluate(`window.frames_ = []`);
    await canvas().focus();
    const spent = await page.evaluate(`(async () => {
      const canvas = document.querySelector('.graph-canvas');
      const spent = [];
      for (let at = 0; at < 20; at += 1) {
        const begun = performance.now();
        canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: at < 10 ? -120 : 120, clientX: 640, clientY: 450, cancelable: true }));
        await new Promise((resolve) => requestAnimationFrame(() => resolve()));
        spent.push(performance.now() - begun);
      }
      return spent.sort((a, b) => a - b)[10];
    })()`);
    expect(spent).toBeLessThan(1_000);
    expect(complaints).toEqual([]);
  });

  test('is a list, too, which leads to each job', async () => {
    await open(300, '?view=list');
    expect(await page.locator('tbody tr').count()).toBe(100);
    await page.getByRole('button', { name: '200 more' }).click();
    await page.locator('tbody tr').nth(199).waitFor();
    await page.getByRole('button', { name: /^Failed/ }).click();
    const failed = dashboard.graph?.counts.failed ?? 0;
    await page.waitForFunction(`document.querySelectorAll('tbody tr').length === ${failed}`);
    await page.locator('tbody a').first().click();
    await page.waitForURL(/\/jobs\//);
  });

  const looks = [
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const;
  for (const look of looks) {
    test(`is accessible and stays in its bounds, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      await page.close();
      ({ page, complaints } = await openTab(browser, look));
      for (const query of ['', '?view=list']) {
        await open(60, query);
        expect(await page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
        expect(await axe(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
    }, 120_000);
  }
});
