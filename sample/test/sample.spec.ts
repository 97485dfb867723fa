import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchProgress } from 'nestjs-queue-job';
import type { JobView } from '../src/queue/job.view.js';
import { eventually, freePort, processesWith, SampleProcess } from './process.js';

type Job = JobView & { attempts: { excMessage: string | null }[]; relatedAction: { url: string } | null };
type Answer<T> = { status: number; body: T };

let folder: string;
let environment: Record<string, string>;
let shop: SampleProcess;

async function call<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  const response = await fetch(`http://localhost:${environment['PORT']}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

const get = async <T>(path: string): Promise<T> => (await call<T>('GET', path)).body;

/** The job when it has ended. */
const ended = async ({ uuid }: JobView): Promise<Job> =>
  eventually(`job ${uuid} has ended`, async () => {
    const job = await get<Job>(`/queue/jobs/${uuid}`);
    return ['done', 'failed', 'cancelled'].includes(job.state) && job;
  });

beforeAll(async () => {
  // Open to the account that the server gets where this runs as root.
  folder = await mkdtemp(join(tmpdir(), 'sample-shop-'));
  await chmod(folder, 0o755);
  environment = { PORT: String(await freePort()), DATA_FOLDER: join(folder, 'postgres') };
  shop = SampleProcess.start('main.js', environment);
  await shop.printed('The shop is open');
});

afterAll(async () => {
  shop.kill();
  await rm(folder, { recursive: true, force: true });
});

describe('the shop', () => {
  it('has imported the catalogue when it opens', async () => {
    expect(shop.output).toContain('Importing 6,000 products in 12 jobs');
    expect(await get('/imports/latest')).toMatchObject({ lines: 6000, imported: 6000 });
    expect(await get('/products/GLA-1000')).toMatchObject({
      name: 'Juniper salad bowl, "Limited 2026"',
      category: 'Glass',
    });
    expect(await get('/queue/counts')).toMatchObject({ done: 12, failed: 0, pending: 0 });
  });

  it('tells what to try', async () => {
    const response = await fetch(`http://localhost:${environment['PORT']}`);
    expect(await response.text()).toContain(`curl -X POST http://localhost:${environment['PORT']}/imports`);
  });

  it('imports the catalogue once, however often it is asked while the import waits', async () => {
    const paused = await call('PATCH', '/queue/channels/root.catalogue', { paused: true });
    expect(paused).toMatchObject({ status: 200, body: { paused: true, capacity: 4 } });

    const first = await call<{ import: { id: string } }>('POST', '/imports');
    expect(first).toMatchObject({ status: 202, body: { jobs: { stored: 12, alreadyWaiting: 0 } } });
    const second = await call('POST', '/imports');
    expect(second).toMatchObject({
      status: 202,
      body: { import: { id: first.body.import.id }, jobs: { stored: 0, alreadyWaiting: 12 } },
    });
    expect(await get<JobView[]>('/queue/jobs?state=pending&channel=root.catalogue')).toHaveLength(12);

    await call('PATCH', '/queue/channels/root.catalogue', { paused: false });
    await eventually('all lines are imported', async () => {
      const { id, imported } = await get<{ id: string; imported: number }>('/imports/latest');
      return id === first.body.import.id && imported === 6000;
    });
  });

  it('exports products again that the partner was too busy for', async () => {
    const { status, body: stored } = await call<JobView[]>('POST', '/exports?category=Tea&limit=8');
    expect(status).toBe(202);
    const jobs = await Promise.all(stored.map(ended));
    expect(jobs.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'done'));

    const retried = jobs.find(({ attempts }) => attempts[0]?.excMessage?.includes('429'));
    expect(retried?.try).toBeGreaterThan(1);
    expect(retried?.relatedAction?.url).toMatch(/^\/products\/TEA-/);
    expect(await get('/partner-api')).toMatchObject({ products: 8 });
  });

  it('tells the partner the last of many prices', async () => {
    await call('PATCH', '/queue/channels/root.partner.prices', { paused: true });
    const changes: JobView[] = [];
    for (const priceCents of [1990, 1991, 1992]) {
      changes.push((await call<JobView>('PUT', '/products/TEA-0001/price', { priceCents })).body);
    }
    expect(changes.map(({ deduplicated }) => deduplicated)).toEqual([false, true, true]);
    await call('PATCH', '/queue/channels/root.partner.prices', { paused: false });
    expect(await ended(changes[0] as JobView)).toMatchObject({ state: 'done', result: 1992 });
  });

  it('writes an invoice once, and mails it', async () => {
    const order = { order: 'A-1', email: 'ada@example.org', lines: [{ sku: 'TEA-0001', quantity: 3 }] };
    const asked = await Promise.all([1, 2, 3].map(async () => call<JobView>('POST', '/invoices', order)));
    await Promise.all(asked.map(async ({ body }) => ended(body)));
    const again = await call<JobView>('POST', '/invoices', order);
    expect((await ended(again.body)).result).toBe('Invoice 1 was written for order A-1');

    expect(await get('/invoices')).toMatchObject([
      { id: 1, order: 'A-1', totalCents: 3 * 1992, lines: [{ sku: 'TEA-0001', quantity: 3 }] },
    ]);
    await shop.printed('To ada@example.org: your invoice 1, 59.76 €');
    expect(await get<JobView[]>('/queue/jobs?channel=root.mail')).toHaveLength(1);
  });

  it('runs a failed job again', async () => {
    const { body } = await call<JobView[]>('POST', '/exports?soldOut=true&limit=1');
    const failed = await ended(body[0] as JobView);
    expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('sold out') as string });
    await call('PUT', `${failed.relatedAction?.url}/stock`, { stock: 5 });
    expect((await call('POST', `/queue/jobs/${failed.uuid}/requeue`)).status).toBe(200);
    expect((await ended(failed)).state).toBe('done');
  });

  it('closes the day in jobs of which it tells how far they are', async () => {
    type View = { closing: { stockCents: number | null }; progress: BatchProgress };
    expect((await call('GET', '/closings/latest')).status).toBe(404);
    await call('PATCH', '/queue/channels/root.closing', { paused: true });
    const { status, body: started } = await call<View>('POST', '/closings');
    expect(status).toBe(202);
    expect(started).toMatchObject({
      closing: { stockCents: null },
      // The products in twelve parts, the categories, and the whole.
      progress: { state: 'closed', completeness: 0, counts: { pending: 12 } },
    });
    await shop.printed(`${started.progress.name}: 0 %`);
    await call('PATCH', '/queue/channels/root.closing', { paused: false });

    const { closing, progress } = await eventually('the day is closed', async () => {
      const view = await get<View>('/closings/latest');
      return view.progress.state === 'ended' && view;
    });
    expect(progress).toMatchObject({ completeness: 1, failedPercentage: 0 });
    expect(progress.counts.done).toBe(started.progress.total);
    expect(closing.stockCents).toBeGreaterThan(0);
    await shop.printed(
      `${progress.name}: ${progress.total} of ${progress.total} jobs are done, 0 have failed`,
    );
    expect(await get('/queue/batches?state=ended')).toMatchObject([{ name: progress.name }]);
  });

  it('cancels the close of a day', async () => {
    await call('PATCH', '/queue/channels/root.closing', { paused: true });
    const { body } = await call<{ progress: BatchProgress }>('POST', '/closings');
    const { uuid, total } = body.progress;
    const cancelled = await call('POST', `/queue/batches/${uuid}/cancel`);
    expect(cancelled.body).toMatchObject({ state: 'ended', counts: { cancelled: total } });
    await call('PATCH', '/queue/channels/root.closing', { paused: false });
  });

  it('lists and changes channels', async () => {
    const channels = await get<{ name: string; throttle: number | null }[]>('/queue/channels');
    expect(channels.find(({ name }) => name === 'root.partner.prices')).toMatchObject({ throttle: 1 });
    const changed = await call('PATCH', '/queue/channels/root.mail', { capacity: 3 });
    expect(changed).toMatchObject({ status: 200, body: { name: 'root.mail', capacity: 3 } });
  });

  it('shows its jobs to those who know the password that it printed', async () => {
    await shop.printed('the password is');
    const password = /the password is (\S+)/.exec(shop.output)?.[1] ?? '';
    const origin = `http://localhost:${environment['PORT']}`;
    const open = async (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(origin + path, { redirect: 'manual', ...init });
    const login = async (word: string): Promise<Response> =>
      open('/login', { method: 'POST', body: new URLSearchParams({ name: 'Ada', password: word }) });

    const closed = await open('/queue-jobs/jobs?state=done');
    expect([closed.status, closed.headers.get('location')]).toEqual([302, '/login']);
    expect((await open('/queue-jobs/api/about')).status).toBe(401);
    expect(await (await open('/login')).text()).toContain('Log in');
    expect((await login(`${password}x`)).status).toBe(401);

    const opened = await login(password);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/queue-jobs']);
    const headers = { cookie: opened.headers.get('set-cookie')?.split(';')[0] ?? '' };
    expect(await (await open('/queue-jobs', { headers })).text()).toContain('<base href="./queue-jobs/" />');
    expect(await (await open('/queue-jobs/api/about', { headers })).json()).toMatchObject({
      title: 'Jobs of the shop',
    });
    const mails = await open('/queue-jobs/api/jobs?name=MailJobs.sendInvoice', { headers });
    expect(await mails.text()).not.toContain('ada@example.org');
  });

  it('answers what can not be done with the status that says so', async () => {
    const nobody = '0198c0de-0000-7000-8000-000000000000';
    const [done] = await get<JobView[]>('/queue/jobs?state=done');
    const answers = await Promise.all([
      call('GET', `/queue/jobs/${nobody}`),
      call('POST', `/queue/jobs/${nobody}/requeue`),
      call('POST', `/queue/jobs/${done?.uuid}/cancel`),
      call('GET', '/queue/jobs/7'),
      call('GET', `/queue/batches/${nobody}`),
      call('GET', '/queue/batches/7'),
      call('GET', '/queue/jobs?state=asleep'),
      call('PATCH', '/queue/channels/root.nowhere', { paused: true }),
      call('PATCH', '/queue/channels/root.mail', { capacity: -1 }),
      call('POST', '/invoices', { order: 'A-2' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 409, 400, 404, 400, 400, 404, 400, 400]);
    expect(answers[2]?.body).toMatchObject({ code: 'JOB_STATE' });
  });

  it('refuses a port that is in use', async () => {
    const another = SampleProcess.start('main.js', environment);
    expect(await another.ended()).toBe(1);
    expect(another.output).toBe(
      `Port ${environment['PORT']} is in use. Choose another one: PORT=3001 npm start\n`,
    );
  });

  it('ends cleanly with its worker, and leaves nothing behind', async () => {
    const worker = SampleProcess.start('worker.js', environment);
    await worker.printed('runs 10 kinds of jobs');
    const started = performance.now();
    expect(await Promise.all([worker.terminate(), shop.terminate()])).toEqual([0, 0]);
    expect(performance.now() - started).toBeLessThan(8_000);
    await eventually('PostgreSQL has gone', () => processesWith(folder).length === 0);
  });

  it('has no worker without a shop', async () => {
    const worker = SampleProcess.start('worker.js', environment);
    expect(await worker.ended()).toBe(1);
    expect(worker.output).toContain('run `npm start` in another terminal');
  });
});
