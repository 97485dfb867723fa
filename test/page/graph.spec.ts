import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { eventually } from '../support/eventually.js';
import { bigGraph, wideGraph } from '../support/fake-dashboard/fake-graph.js';
import { axe } from '../support/page.js';

const here = dashboardTab();

async function open(size: number, query = ''): Promise<void> {
  here.dashboard.graph = bigGraph(size);
  await here.page.goto(`${here.url}graphs/${here.dashboard.graph.uuid}${query}`);
  await here.page
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
  here.dashboard.graph = {
    ...graph,
    nodes: [
      { ...one, description: 'Read the file', state: 'failed' },
      { ...two, description: 'Import it', state: 'wait_dependencies', waitingFor: [0] },
    ],
    edges: [[0, 1]],
    counts: { ...graph.counts, failed: 1, wait_dependencies: 1 },
  };
  await here.page.goto(`${here.url}graphs/${graph.uuid}`);
  await here.page.locator('[data-ready]').waitFor();
  await here.page.getByText('100%').waitFor();
  const { x = 0, y = 0, width = 0, height = 0 } = (await canvas().boundingBox()) ?? {};
  const at = (dx: number) => ({ x: x + width / 2 + dx, y: y + height / 2 });
  return { parent: at(-120), child: at(120) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const canvas = () => here.page.getByRole('application');
const card = () => here.page.locator('.graph-card');
const pointAt = ({ x, y }: Point) => here.page.mouse.move(x, y);
const told = (text: string) => card().getByText(text).waitFor();
const picture = () => here.page.evaluate(`document.querySelector('.graph-canvas').toDataURL()`);

describe('The page of a graph', () => {
  test('is walked through with the arrow keys, tells of each job, and opens it with Enter', async () => {
    await open(60);
    await canvas().focus();
    await here.page.keyboard.press('ArrowRight');
    await card().waitFor();
    const first = await card().locator('strong').textContent();
    await here.page.keyboard.press('ArrowLeft');
    await here.page.keyboard.press('ArrowRight');
    await here.page.keyboard.press('ArrowRight');
    await here.page.waitForFunction(
      `document.querySelector('.graph-card strong').textContent !== ${JSON.stringify(first)}`,
    );
    const title = await card().locator('strong').textContent();
    await here.page.keyboard.press('Enter');
    const uuid = here.dashboard.graph?.nodes.find(({ description }) => description === title)?.uuid ?? '';
    await here.page.waitForURL(`${here.url}jobs/${uuid}`);
  });

  test('is moved by dragging, zoomed by the wheel and the buttons, and fitted again', async () => {
    const { parent } = await openPair();
    await pointAt(parent);
    await told('Read the file');
    await here.page.mouse.wheel(0, -400);
    await here.page.getByText('190%').waitFor();
    await told('Read the file');
    const to = { x: parent.x - 20, y: parent.y + 150 };
    await here.page.mouse.down();
    await here.page.mouse.move(to.x, to.y, { steps: 3 });
    await here.page.mouse.up();
    expect(here.page.url()).toContain('graphs/');
    await pointAt({ x: to.x, y: to.y - 120 });
    await card().waitFor({ state: 'detached' });
    await pointAt(to);
    await told('Read the file');
    await here.page.getByRole('button', { name: 'Zoom out' }).click();
    await here.page.getByText('135%').waitFor();
    await here.page.getByRole('button', { name: 'Show all' }).click();
    await here.page.getByText('100%').waitFor();
    await pointAt(parent);
    await told('Read the file');
  });

  test('is zoomed with two fingers', async () => {
    await openPair();
    await here.page.evaluate(`(() => {
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
    await here.page.getByText('200%').waitFor();
    expect(here.page.url()).toContain('graphs/');
  });

  test('shows by the pointer what holds a job up, and opens it with a click', async () => {
    const { child } = await openPair();
    await pointAt(child);
    await told('Cannot start because these jobs did not succeed: Read the file');
    await here.page.mouse.click(child.x, child.y);
    await here.page.waitForURL(`${here.url}jobs/${here.dashboard.graph?.nodes[1]?.uuid ?? ''}`);
  });

  test('changes with the states of its jobs, and lets one state stand out', async () => {
    await openPair();
    const before = await picture();
    const graph = here.dashboard.graph;
    here.dashboard.graph = graph && {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, state: 'done', waitingFor: [] })),
      counts: { ...graph.counts, done: 2, failed: 0 },
    };
    here.dashboard.pulse();
    await here.page.getByRole('button', { name: 'Done 2' }).waitFor();
    // Not their text: a failed comparison of two pictures would print both.
    const changedFrom = async (shown: unknown): Promise<unknown> => {
      for (;;) {
        const now = await picture();
        if (now !== shown) return now;
        await here.page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
      }
    };
    const after = await changedFrom(before);
    await here.page.getByRole('button', { name: 'Blocked' }).click();
    await changedFrom(after);
  });

  test('stands a graph of five thousand jobs, and draws it again at once when it is moved', async () => {
    await open(5_000);
    const spent = await here.page.evaluate(`(async () => {
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
    expect(here.complaints).toEqual([]);
  });

  test('is a list, too, which leads to each job', async () => {
    await open(300, '?view=list');
    expect(await here.page.locator('tbody tr').count()).toBe(100);
    await here.page.getByRole('button', { name: '200 more' }).click();
    await here.page.locator('tbody tr').nth(199).waitFor();
    await here.page.getByRole('button', { name: /^Failed/ }).click();
    const failed = here.dashboard.graph?.counts.failed ?? 0;
    await here.page.waitForFunction(`document.querySelectorAll('tbody tr').length === ${failed}`);
    await here.page.locator('tbody a').first().click();
    await here.page.waitForURL(/\/jobs\//);
  });

  test('folds siblings of one kind, says how they are, and names what holds the others up', async () => {
    const graph = wideGraph(2_000, 4);
    here.dashboard.graph = graph;
    await here.page.goto(`${here.url}graphs/${graph.uuid}?view=list`);
    const value = here.page.locator('tbody tr', { hasText: '1,996 done, 4 failed' });
    await value.getByRole('link', { name: '2,000 × value' }).waitFor();
    const check = here.page.locator('tbody tr', { hasText: '1,996 done, 4 blocked' });
    await check.getByRole('link', { name: '2,000 × value' }).waitFor();
    expect(await here.page.locator('tbody tr').count()).toBe(4);
    const values = value.locator('.row-link');
    expect(await values.getAttribute('href')).toBe(
      `jobs?graph=${graph.uuid}&name=Catalogue.value&state=failed`,
    );
    const batch = here.page.getByRole('link', { name: 'Batch: Import of May' });
    expect(await batch.getAttribute('href')).toBe(`batches/${graph.batches[0]?.uuid ?? ''}`);
    await here.page.getByRole('button', { name: 'Fold siblings' }).click();
    await here.page.getByRole('button', { name: '3,902 more' }).waitFor();
    expect(here.page.url()).toContain('fold=off');
    await here.page.getByRole('button', { name: 'Fold siblings' }).click();
    await here.page.getByRole('button', { name: 'Picture' }).click();
    await here.page.locator('[data-ready]').waitFor();
    await canvas().focus();
    await eventually(async () => {
      await here.page.keyboard.press('ArrowRight');
      expect(await card().count()).toBe(1);
    });
    expect(await axe(here.page)).toEqual([]);
  });

  const looks = [
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const;
  for (const look of looks) {
    test(`is accessible and stays in its bounds, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      await here.reopen(look);
      for (const query of ['', '?view=list']) {
        await open(60, query);
        expect(await here.page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
        expect(await axe(here.page)).toEqual([]);
      }
      expect(here.complaints).toEqual([]);
    }, 120_000);
  }
});
