import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Browser, Page } from 'playwright-core';
import { startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { openTab, startBrowser } from '../../support/page.js';
import { HOSTILE, PrintShop, SCRIPT_LINK } from '../../support/print-shop.js';

/** The page as it was built, and nothing stands in for the server: `npm run build` comes first. */
let database: TestDatabase;
let browser: Browser;
let shop: TestDashboard;
let base: string;
let page: Page;
let complaints: string[];

const start = async (options: Partial<Parameters<typeof startDashboard>[0]>): Promise<TestDashboard> =>
  startDashboard({
    url: database.url,
    adapter: new ExpressAdapter(),
    logger: ['fatal'],
    providers: [PrintShop],
    dashboard: {
      guards: [WordGuard],
      actor: () => 'ada',
      redact: () => ['args[0].card'],
    },
    ...options,
  });
const baseOf = ({ origin }: TestDashboard): string => `${origin}/admin/v1/queue-jobs/`;

beforeAll(async () => {
  [database, browser] = await Promise.all([createTestDatabase(), startBrowser()]);
  shop = await start({
    options: {
      runner: { concurrency: 4, shutdownTimeout: 500 },
      channels: 'root,root.press:2,root.nobody:0',
      codec: { encrypt: { keys: [{ id: 'k1', key: Buffer.alloc(32, 7) }] } },
    },
  });
  base = baseOf(shop);
});

afterAll(async () => {
  await browser.close();
  shop.app.get(PrintShop).gate.open();
  await shop.close();
  await database.drop();
});

beforeEach(async () => {
  const works = shop.app.get(PrintShop);
  works.gate = new Gate();
  works.hasPaper = false;
  await inTab();
});

afterEach(async () => {
  shop.app.get(PrintShop).gate.open();
  await page.close();
});

type Look = NonNullable<Parameters<typeof openTab>[1]>;
const inTab = async (look: Look = {}): Promise<void> => {
  const extraHTTPHeaders = { authorization: 'open sesame' };
  ({ page, complaints } = await openTab(browser, { extraHTTPHeaders, ...look }));
};
const open = async (path: string, heading: string): Promise<void> => {
  await page.goto(base + path);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};
const row = (key: string) => page.locator(`tr[data-key="${key}"]`);
const rows = () => page.locator('tbody tr');
const dialog = () => page.getByRole('dialog');
const button = (name: string) => page.getByRole('button', { name, exact: true });
/** Jobs that no node runs, made in SQL. */
const fill = async (name: string, count: number, state = 'failed'): Promise<void> => {
  await shop.dataSource.query(
    `INSERT INTO queue_job (uuid, name, description, state, phase, exc_name)
     SELECT ('0198' || lpad(to_hex(i), 8, '0') || '70008000' || substr(md5($1 || i), 1, 12))::uuid, $1, $1 || ' ' || i, $3, 4, 'Error'
     FROM generate_series(1, $2::int) i`,
    [name, count, state],
  );
};
const inState = async (name: string, state: string): Promise<number> => {
  const [{ n }] = (await shop.dataSource.query(
    'SELECT count(*)::int AS n FROM queue_job WHERE name = $1 AND state = $2',
    [name, state],
  )) as [{ n: number }];
  return n;
};

describe('The page on its real server', () => {
  test('holds its filters in the address, and the back button takes them back', async () => {
    await fill('Archive.file', 3);
    await fill('Archive.burn', 2);
    await open('jobs?state=failed', 'Jobs');
    await page.getByRole('combobox', { name: 'Filter by' }).fill('Archive.burn');
    await page.getByRole('option', { name: 'Function Archive.burn' }).click();
    await page.waitForURL(/state=failed&name=Archive\.burn/);
    await page.getByText('2 jobs', { exact: true }).waitFor();
    expect(await rows().count()).toBe(2);
    await page.goBack();
    await page.getByText('5 jobs', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=failed');
    await page.goForward();
    await page.reload();
    await page.getByText('2 jobs', { exact: true }).waitFor();
    expect(await rows().getByText('Archive.burn', { exact: true }).count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('shows a job start and end where its row stands', async () => {
    const { uuid } = await shop.queue.withDelay(PrintShop, { eta: '1h' }).bind('a book');
    await open('jobs?name=PrintShop.bind', 'Jobs');
    await row(uuid).getByText('Pending', { exact: true }).waitFor();
    await shop.queue.postpone(uuid, { seconds: 0 });
    await row(uuid).getByText('Running', { exact: true }).waitFor();
    shop.app.get(PrintShop).gate.open();
    await row(uuid).getByText('Done', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('requeues 10,000 jobs that match, with its progress, and says how many it were', async () => {
    await fill('Archive.pack', 10_000);
    await open('jobs?state=failed&name=Archive.pack', 'Jobs');
    await page.getByText('10,000 jobs', { exact: true }).waitFor();
    await rows().first().getByRole('checkbox').check();
    await button('Select all matching jobs').click();
    await button('Requeue').click();
    // Each width of the bar, as it is drawn.
    const seen = new Set<number>();
    await page.exposeFunction('tell', (value: string) => seen.add(Number(value)));
    await page.evaluate(`new MutationObserver(() => {
      const value = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
      if (value) window.tell(value);
    }).observe(document.body, { subtree: true, childList: true, attributes: true })`);
    await button('Requeue 10,000 jobs').click();
    await dialog().getByRole('heading', { name: '10,000 jobs requeued' }).waitFor();
    await dialog().getByText('All of them were changed.').waitFor();
    expect([...seen].filter((value) => value > 0 && value < 100).length).toBeGreaterThan(2);
    expect(await inState('Archive.pack', 'pending')).toBe(10_000);
    expect(await inState('Archive.pack', 'failed')).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('pauses a channel, from which nothing is taken until it is resumed there', async () => {
    shop.app.get(PrintShop).hasPaper = true;
    await open('channels', 'Channels');
    await button('Pause root.press').click();
    await button('Pause').click();
    await row('root.press').getByText('Overridden').waitFor();
    const { uuid } = await shop.queue.withDelay(PrintShop).print('held');
    // A later one goes by it: so the node has looked.
    const other = await shop.queue.withDelay(PrintShop).bind('not held');
    shop.app.get(PrintShop).gate.open();
    await shop.queue.finished(other.uuid);
    expect((await shop.queue.find(uuid))?.state).toBe('pending');
    await row('root.press').getByRole('link', { name: '1', exact: true }).waitFor();
    await button('Resume root.press').click();
    expect(await shop.queue.finished(uuid)).toBe('held is printed');
    // What is again as the code says overrides nothing.
    await row('root.press').getByText('Overridden').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('requeues a group of failures, whose jobs then run', async () => {
    const jobs = await Promise.all(
      ['a', 'b', 'c'].map(async (sheet) => shop.queue.withDelay(PrintShop).print(sheet)),
    );
    await eventually(async () => expect(await inState('PrintShop.print', 'failed')).toBe(3));
    shop.app.get(PrintShop).hasPaper = true;
    await open('failures', 'Failures');
    await button('Requeue all: PrintShop.print, FailedJobError').click();
    await button('Requeue 3 jobs').click();
    await dialog().getByRole('heading', { name: '3 jobs requeued' }).waitFor();
    const done = await Promise.all(jobs.map(async ({ uuid }) => shop.queue.finished(uuid)));
    expect(done).toEqual(['a is printed', 'b is printed', 'c is printed']);
    await button('Requeue all: PrintShop.print, FailedJobError').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('opens what a related action leads to in a tab of its own', async () => {
    const { uuid } = await shop.queue.withDelay(PrintShop).fold('A4');
    await page.goto(`${base}jobs/${uuid}`);
    const link = page.getByRole('link', { name: HOSTILE });
    const [opened] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    expect(opened.url()).toBe(`${shop.origin}/papers/1?tab=lines`);
    expect(await opened.evaluate('window.opener')).toBeNull();
    await opened.close();
    expect(complaints).toEqual([]);
  });

  test('follows no related action that leads to a script', async () => {
    const { uuid } = await shop.queue.withDelay(PrintShop).charge({ customer: 'Ada', card: '4111' });
    await page.goto(`${base}jobs/${uuid}`);
    await button('Related').click();
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    // The refusal of the server, and nothing else.
    expect(complaints.filter((text) => !/status of [45]\d\d/.test(text))).toEqual([]);
  });

  test('shows encrypted arguments, since it has the key, but for what is redacted', async () => {
    const { uuid } = await shop.queue
      .withDelay(PrintShop)
      .charge({ customer: 'Ada Lovelace', card: '4111 1111' });
    const [stored] = (await shop.dataSource.query('SELECT args::text FROM queue_job WHERE uuid = $1', [
      uuid,
    ])) as [{ args: string }];
    expect(stored.args).toContain('Encrypted');
    expect(stored.args).not.toContain('Lovelace');
    await page.goto(`${base}jobs/${uuid}`);
    await page.getByText('Ada Lovelace').waitFor();
    await page.getByText('hidden', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Code' }).click();
    await page.getByText('queue.withDelay').waitFor();
    expect(await page.content()).not.toContain('4111');
  });

  test('shows hostile names, arguments and errors as the text that they are', async () => {
    const user = { userId: SCRIPT_LINK };
    const job = await shop.queue.withDelay(PrintShop, { description: HOSTILE }).explode(HOSTILE, SCRIPT_LINK);
    await eventually(async () => expect(await inState('PrintShop.explode', 'failed')).toBe(1));
    await fill(HOSTILE, 1);
    await shop.dataSource.query(
      'UPDATE queue_job SET channel = $1, user_id = $2, exc_name = $1, exc_message = $1 WHERE name = $1',
      [HOSTILE, user.userId],
    );
    for (const path of ['jobs?state=failed', 'failures', 'functions', `jobs/${job.uuid}`]) {
      await page.goto(base + path);
      await page.getByText(HOSTILE).first().waitFor();
      await page.getByText('<script>').first().waitFor();
    }
    await page.getByRole('tab', { name: 'Arguments' }).click();
    await page.getByText(SCRIPT_LINK).first().waitFor();
    await page.getByRole('tab', { name: 'Code' }).click();
    await page.getByText('queue.withDelay').waitFor();
    await page.getByRole('link', { name: 'PrintShop.explode' }).click();
    await page.getByRole('heading', { level: 1, name: 'PrintShop.explode' }).waitFor();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('main img, main script, a[href^="javascript"]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('is led by the keyboard: its help, the search, the rows, requeue and cancel', async () => {
    await fill('Archive.sort', 2);
    await open('jobs?name=Archive.sort', 'Jobs');
    await rows().nth(1).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Search jobs').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    const [first, second] = await rows().evaluateAll((lines) =>
      lines.map((line) => line.getAttribute('data-key')),
    );
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await dialog().getByRole('heading', { name: 'Requeue 1 job?' }).waitFor();
    await page.keyboard.press('Tab');
    await button('Requeue 1 job').press('Enter');
    await row(second ?? '')
      .getByText('Pending', { exact: true })
      .waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('c');
    await button('Cancel 1 job').press('Enter');
    await row(first ?? '')
      .getByText('Cancelled', { exact: true })
      .waitFor();
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Filter by' }).and(page.locator(':focus')).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const)(
    'keeps to its policy, its own host and its bounds on every page: $colorScheme, $viewport.width px',
    async (look) => {
      const sheets = shop.queue.delayable(PrintShop);
      const a = sheets.print('a');
      a.onDone(sheets.print('b'));
      const [job] = await shop.queue.delayAll([a]);
      const batch = await shop.batches.create('a calendar');
      await batch.add(sheets.print('December'));
      await page.close();
      await inTab(look);
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(`${shop.origin}/`)) elsewhere.push(request.url());
      });
      const paths = ['', 'jobs', `jobs/${job?.uuid}`, `graphs/${job?.graphUuid}`, 'failures', 'channels', 'functions',
        'functions/PrintShop.print', 'nodes', 'batches', `batches/${batch.uuid}`, 'audit']; // prettier-ignore
      for (const path of paths) {
        await page.goto(base + path);
        await page.locator('h1').waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        const over = await page.evaluate('document.body.scrollWidth - document.body.clientWidth');
        expect([path, over]).toEqual([path, 0]);
      }
      const brightness = Number(
        await page.evaluate(`(() => {
          const pen = document.createElement('canvas').getContext('2d');
          pen.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
          pen.fillRect(0, 0, 1, 1);
          return pen.getImageData(0, 0, 1, 1).data[1];
        })()`),
      );
      expect(look.colorScheme === 'dark' ? 255 - brightness : brightness).toBeGreaterThan(200);
      expect(elsewhere).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test('works on Fastify as well', async () => {
    await fill('Archive.shred', 1);
    const other = await start({ adapter: new FastifyAdapter() });
    try {
      await page.goto(`${baseOf(other)}jobs?name=Archive.shred`);
      await rows().getByRole('checkbox').check();
      await button('Requeue').click();
      await button('Requeue 1 job').click();
      await rows().getByText('Pending', { exact: true }).waitFor();
      expect(await inState('Archive.shred', 'pending')).toBe(1);
      expect(complaints).toEqual([]);
    } finally {
      await page.close();
      await other.close();
    }
  });
});
