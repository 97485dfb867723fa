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

/** Two jobs, the second held up by the first, side by side in the middle of the picture. */
async function openPair(): Promise<{ readonly parent: Point; readonly child: Point }> {
  const graph = bigGraph(60);
  const [one, two] = graph.nodes;
  if (one === undefined || two === undefined) {
    throw new Error('The graph is too small.');
  }
  dashboard.graph = {
    ...graph,
    nodes: [
      { ...one, description: 'Read the file', state: 'failed' },
      { ...two, description: 'Import it', state: 'wait_dependencies', waitingFor: [0] },
    ],
    edges: [[0, 1]],
    counts: { ...graph.counts, failed: 1, wait_dependencies: 1 },
  };
  await page.goto(`${url}graphs/${graph.uuid}`);
  await page.locator('[data-ready]').waitFor();
  await page.getByText('100%').waitFor();
  const { x = 0, y = 0, width = 0, height = 0 } = (await canvas().boundingBox()) ?? {};
  const at = (dx: number) => ({ x: x + width / 2 + dx, y: y + height / 2 });
  return { parent: at(-120), child: at(120) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const canvas = () => page.getByRole('application');
const card = () => page.locator('.graph-card');
const pointAt = ({ x, y }: Point) => page.mouse.move(x, y);
const told = (text: string) => card().getByText(text).waitFor();
const picture = () => page.evaluate(`document.querySelector('.graph-canvas').toDataURL()`);

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
    const { parent } = await openPair();
    await pointAt(parent);
    await told('Read the file');
    await page.mouse.wheel(0, -400);
    await page.getByText('190%').waitFor();
    await told('Read the file');
    const to = { x: parent.x - 20, y: parent.y + 150 };
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 3 });
    await page.mouse.up();
    expect(page.url()).toContain('graphs/');
    await pointAt({ x: to.x, y: to.y - 120 });
    await card().waitFor({ state: 'detached' });
    await pointAt(to);
    await told('Read the file');
    await page.getByRole('button', { name: 'Smaller' }).click();
    await page.getByText('135%').waitFor();
    await page.getByRole('button', { name: 'Show all of it' }).click();
    await page.getByText('100%').waitFor();
    await pointAt(parent);
    await told('Read the file');
  });

  test('is zoomed with two fingers', async () => {
    await openPair();
    await page.evaluate(`(() => {
      const canvas = document.querySelector('.graph-canvas');
      canvas.setPointerCapture = () => undefined;
      const { left, top } = canvas.getBoundingClientRect();
      const send = (type, pointerId, x, y) =>
        canvas.dispatchEvent(new PointerEvent(type, { pointerId, clientX: left + x, clientY: top + y, button: 0, pointerType: 'touch' }));
      send('pointerdown', 1, 300, 200);
      send('pointerdown', 2, 400, 200);
      send('pointermove', 2, 500, 200);
      send('pointerup', 2, 500, 200);
      send('pointerup', 1, 300, 200);
    })()`);
    await page.getByText('200%').waitFor();
    expect(page.url()).toContain('graphs/');
  });

  test('shows by the pointer what holds a job up, and opens it with a click', async () => {
    const { child } = await openPair();
    await pointAt(child);
    await told('Can not start, as this did not succeed: Read the file');
    await page.mouse.click(child.x, child.y);
    await page.waitForURL(`${url}jobs/${dashboard.graph?.nodes[1]?.uuid ?? ''}`);
  });

  test('changes with the states of its jobs, and lets one state stand out', async () => {
    await openPair();
    const before = await picture();
    const graph = dashboard.graph;
    dashboard.graph = graph && {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, state: 'done', waitingFor: [] })),
      counts: { ...graph.counts, done: 2, failed: 0 },
    };
    dashboard.pulse();
    await page.getByRole('button', { name: 'Done 2' }).waitFor();
    // Not their text: a failed comparison of two pictures would print both.
    const changedFrom = async (shown: unknown): Promise<unknown> => {
      for (;;) {
        const now = await picture();
        if (now !== shown) return now;
        await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
      }
    };
    const after = await changedFrom(before);
    await page.getByRole('button', { name: 'Blocked' }).click();
    await changedFrom(after);
  });

  test('stands a graph of five thousand jobs, and draws it again at once when it is moved', async () => {
    await open(5_000);
    const spent = await page.evaluate(`(async () => {
      const canvas = document.querySelector('.graph-canvas');
      const spent = [];
      for (let at = 0; at < 20; at += 1) {
        const begun = performance.now();
        canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: at < 10 ? -120 : 120, clientX: 640, clientY: 450, cancelable: true }));
        await new Promise((resolve) => requestAnimationFrame(() => resolve()));
        // Reading it waits until it is drawn.
        canvas.getContext('2d').getImageData(0, 0, 1, 1);
        spent.push(performance.now() - begun);
      }
      return spent.sort((a, b) => a - b)[10];
    })()`);
    expect(spent).toBeLessThan(2_000);
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
