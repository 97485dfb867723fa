// Makes the pictures of the dashboard in docs/images: `npm run build && npm run build:sample`, then
// `node sample/screenshots.mjs`. With a folder, all pages are put there, light and dark, wide and narrow.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { Client } from 'pg';
import { chromium as playwright } from 'playwright-core';
import { EmbeddedPostgres } from './dist/embedded-postgres.js';

const PORT = '3987';
const ROOT = join(import.meta.dirname, '..');
const SHOP = `http://localhost:${PORT}`;
const [folder] = process.argv.slice(2);
const data = await mkdtemp(join(tmpdir(), 'queue-job-screenshots-'));
const environment = { ...process.env, PORT, DATA_FOLDER: data };

/** A process of the sample, once it has printed what is waited for; answers with its output. */
function start(file, awaited) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'dist', file)], { env: environment });
  const printed = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (awaited.test(output)) resolve(output);
    });
    child.once('exit', () => reject(new Error(`${file} has ended:\n${output}`)));
  });
  return { child, printed };
}

async function ask(method, path, body) {
  const response = await fetch(SHOP + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const sku = (at) => `TEA-${String(at).padStart(4, '0')}`;
const order = (at, product) =>
  ask('POST', '/invoices', {
    order: `A-${1000 + at}`,
    email: 'ada@example.org',
    lines: [{ sku: product, quantity: 1 + (at % 3) }],
  });

/** A busy day of the shop: what is done, what is retried, what fails, and what waits. */
async function trade() {
  await ask('POST', '/closings');
  await ask('POST', '/exports?category=Tea&limit=150');
  for (let at = 0; at < 60; at += 1) await order(at, at % 20 === 7 ? 'TEA-9999' : sku(1 + at));
  await sleep(15_000);
  await ask('PATCH', '/queue/channels/root.mail', { paused: true });
  for (let at = 100; at < 106; at += 1) await order(at, sku(at));
  await sleep(2_000);
}

/** What is under way while the pictures are taken. */
async function goOn() {
  await ask('POST', '/exports?soldOut=true&limit=3');
  for (let at = 1; at <= 150; at += 1)
    await ask('PUT', `/products/${sku(at)}/price`, { priceCents: 990 + at });
  for (let at = 200; at < 216; at += 1) {
    if (at % 3 === 0) await order(at, at === 210 ? 'TEA-9998' : sku(at));
    await ask('POST', `/exports/${sku(at)}`);
    if (at % 4 === 0) await ask('PUT', `/products/${sku(at)}/price`, { priceCents: 1990 });
  }
}

/** What the charts show of the hours before, when there was no shop yet. */
async function remember() {
  const client = new Client({ connectionString: await EmbeddedPostgres.find(data) });
  await client.connect();
  try {
    await insertPoints(client);
  } finally {
    await client.end();
  }
}

async function insertPoints(client) {
  const histogram = (first, count) => [
    ...Array.from({ length: first }, () => 0),
    ...[0.1, 0.3, 0.3, 0.2, 0.07, 0.03].map((share) => Math.ceil(count * share)),
  ];
  const functions = [
    ['root.partner', 'PartnerJobs.exportProduct', 30, 34],
    ['root.invoices', 'InvoiceJobs.write', 14, 26],
    ['root.mail', 'MailJobs.sendInvoice', 14, 22],
    ['root.catalogue', 'CatalogueJobs.importLines', 6, 40],
  ];
  for (const [width, points] of [
    [60, 60],
    [900, 96],
  ]) {
    for (let ago = points; ago >= 1; ago -= 1) {
      const tide = (1.6 + Math.sin(ago / 9) + 0.3 * Math.sin(ago * 2.3)) * (width / 60) ** 0.5;
      const values = [width, width * ago];
      const bucket = 'to_timestamp(floor(extract(epoch FROM now()) / $1::int) * $1::int - $2::int)';
      for (const [channel, name, rate, run] of functions) {
        const done = Math.round(rate * tide);
        await client.query(
          `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, failed, retried, wait, run)
           VALUES ($1::int, ${bucket}, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
          [
            ...values,
            channel,
            name,
            done,
            Math.floor(done / 40),
            Math.floor(done / 12),
            histogram(34 + Math.round((tide * 3) / (width / 60) ** 0.5), done),
            histogram(run, done),
          ],
        );
      }
      await client.query(
        `INSERT INTO queue_job_rollup (width, bucket, channel, name, depth) VALUES ($1::int, ${bucket}, '', '', $3) ON CONFLICT DO NOTHING`,
        [...values, Math.round(22 * tide)],
      );
    }
  }
}

/** The pages, each by its path below the dashboard. */
async function pages(page) {
  const get = async (path) => (await page.request.get(`${SHOP}/queue-jobs/api/${path}`)).json();
  const tried = (await get('jobs?name=PartnerJobs.exportProduct&limit=200')).jobs;
  const mostTried = tried.toSorted((one, other) => other.retry - one.retry)[0];
  const [closed] = (await get('jobs?name=ClosingJobs.close')).jobs;
  const [batch] = (await get('batches')).batches;
  return {
    overview: '',
    jobs: 'jobs',
    job: `jobs/${mostTried.uuid}?tab=tries`,
    graph: `graphs/${closed.graphUuid}`,
    failures: 'failures',
    channels: 'channels',
    functions: 'functions',
    function: 'functions/PartnerJobs.exportProduct',
    nodes: 'nodes',
    batches: 'batches',
    batch: `batches/${batch.uuid}`,
    audit: 'audit',
  };
}

/** In stacks: where the repository lies is nobody's business. */
function hidePaths(root) {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode } = texts;
    if (currentNode.data.includes(root)) currentNode.data = currentNode.data.replaceAll(root, '/srv/shop');
  }
}

async function shoot(page, path, file, look) {
  await page.setViewportSize({ width: look.width, height: look.width > 500 ? 800 : 740 });
  await page.emulateMedia({ colorScheme: look.theme });
  await page.goto(`${SHOP}/queue-jobs/${path}`);
  await page.locator('h1').waitFor();
  await page.waitForLoadState('load');
  await sleep(2_000);
  // Of a job that was tried again, what went wrong.
  const tries = page.locator('.try-head');
  if ((await tries.count()) > 1) await tries.nth(1).click();
  await page.mouse.move(0, 0);
  await page.evaluate(hidePaths, ROOT);
  await page.screenshot({ path: file, fullPage: look.width < 500 });
}

const IN_DOCS = [
  ['overview', 'light'],
  ['jobs', 'light'],
  ['job', 'light'],
  ['graph', 'dark'],
  ['channels', 'dark'],
];

const shop = start('main.js', /the password is (\S+)/);
const processes = [shop.child];
const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: ['--no-sandbox'],
});
try {
  const [, password] = /the password is (\S+)/.exec(await shop.printed);
  const worker = start('worker.js', /./);
  processes.push(worker.child);
  await worker.printed;
  await remember();
  await trade();
  const page = await browser.newPage({ locale: 'en-GB' });
  await page.goto(`${SHOP}/login`);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/queue-jobs/);
  await goOn();
  const paths = await pages(page);
  const target = folder ?? join(import.meta.dirname, '../docs/images');
  await mkdir(target, { recursive: true });
  const wanted =
    folder === undefined
      ? IN_DOCS.map(([name, theme]) => [name, { theme, width: 1280 }, `${name}.png`])
      : Object.keys(paths).flatMap((name) =>
          ['light', 'dark'].flatMap((theme) =>
            [1280, 360].map((width) => [name, { theme, width }, `${name}-${theme}-${width}.png`]),
          ),
        );
  for (const [name, look, file] of wanted) await shoot(page, paths[name], join(target, file), look);
} finally {
  await browser.close();
  for (const child of processes.toReversed()) {
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await rm(data, { recursive: true, force: true });
}
