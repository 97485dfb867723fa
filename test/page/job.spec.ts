import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import type { JobSummary, LogLine } from '../../lib/dashboard/api/jobs.api.js';
import type { JobState } from '../../lib/job/job-state.js';
import { HOSTILE } from '../support/fake-dashboard/fake-jobs.js';
import { axe } from '../support/page.js';

const here = dashboardTab();

function aJob(state: JobState, tries = 0): JobSummary {
  const job = here.dashboard.jobs.find((one) => one.state === state && one.retry >= tries);
  if (job === undefined) {
    throw new Error(`No job is ${state}.`);
  }
  return job;
}

async function open(job: JobSummary, tab?: string): Promise<void> {
  await here.page.goto(`${here.url}jobs/${job.uuid}${tab === undefined ? '' : `?tab=${tab}`}`);
  await here.page.getByRole('heading', { name: 'Properties' }).waitFor();
}

const buttons = async () =>
  (await here.page.locator('.page-actions button').allTextContents()).map((text) => text.trim());
const tab = (name: string) => here.page.getByRole('tab', { name }).click();
const logLines = (count: number, message: (at: number) => string): LogLine[] =>
  Array.from({ length: count }, (_, at) => ({
    id: String(at + 1),
    retry: 1,
    date: new Date().toISOString(),
    message: message(at),
    data: null,
  }));

describe('The page of a job', () => {
  test('offers only what the state allows, and goes with the job as it runs and ends', async () => {
    const job = aJob('started');
    await open(job);
    expect(await buttons()).toEqual(['Cancel']);
    here.dashboard.change(job.uuid, { progress: { done: 97, total: 100 } });
    here.dashboard.pulse();
    await here.page.getByText('97 / 100').waitFor();
    here.dashboard.change(job.uuid, { state: 'done', dateDone: new Date().toISOString(), execTime: 2 });
    here.dashboard.pulse();
    await here.page.locator('.page-head').getByText('Done', { exact: true }).waitFor();
    await here.page.getByRole('button', { name: 'Requeue' }).waitFor();
    expect(await buttons()).toEqual(['Requeue', 'Delete']);
    await here.page.keyboard.press('r');
    await here.page.getByRole('dialog').getByRole('button', { name: 'Requeue 1 job' }).click();
    await here.page.locator('.page-head').getByText('Pending', { exact: true }).waitFor();
    expect(here.complaints).toEqual([]);
  });

  test('shows each try with its error and causes: the lines of the application, the others folded', async () => {
    const job = aJob('failed', 5);
    await open(job);
    await here.page.getByRole('tab', { name: 'Attempts 5', selected: true }).waitFor();
    await here.page.getByText('Caused by').waitFor();
    expect(await here.page.getByText('at Mailer.deliver').count()).toBe(2);
    expect(await here.page.getByText('node:internal').count()).toBe(0);
    await here.page.getByRole('button', { name: '2 lines of packages and Node.js' }).first().click();
    await here.page.getByText('node:internal').first().waitFor();
    await here.page.getByRole('img', { name: /Waited .*, Ran / }).waitFor();
    expect(await here.page.locator('.strip-started').count()).toBeGreaterThanOrEqual(5);
    await here.page.getByRole('button', { name: /^Attempt 1/ }).click();
    expect(await here.page.getByText('at Mailer.deliver').count()).toBe(4);
  });

  test('shows arguments, result and context with their types, all of the longer ones to download, and the code', async () => {
    const job = aJob('done');
    await open(job);
    await here.page.getByText('9007199254740993n').waitFor();
    await here.page.getByText('Result').waitFor();
    await here.page.getByText('"acme"').waitFor();
    const [download] = await Promise.all([
      here.page.waitForEvent('download'),
      here.page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${job.uuid}-args.txt`);
    await tab('Code');
    await here.page.getByText('queue.withDelay').waitFor();
    await here.page.waitForURL(/tab=code/);
  });

  test('leads to its graph, to what it waits for, and to the jobs of its channel', async () => {
    const job = aJob('wait_dependencies');
    await open(job);
    await here.page.getByRole('heading', { name: 'Depends on' }).waitFor();
    const at = here.dashboard.jobs.indexOf(job);
    await here.page.locator(`a[href="jobs/${here.dashboard.jobs[at + 1]?.uuid ?? ''}"]`).waitFor();
    await here.page
      .locator(`a[href="graphs/${job.graphUuid ?? ''}"]`)
      .first()
      .waitFor();
    await here.page.getByRole('link', { name: job.channel, exact: true }).click();
    await here.page.waitForURL(/jobs\?channel=/);
  });

  test('opens a related page apart from this one, and never a script', async () => {
    const job = aJob('done');
    await open(job);
    const link = here.page.getByRole('link', { name: 'Open the invoice' });
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('href')).toBe(`${new URL(here.url).origin}/invoices/4711`);
    here.dashboard.relatedAction = { label: 'Run', url: 'javascript:window.hacked=1', data: { t: 'null' } };
    await here.page.reload();
    await here.page.getByRole('button', { name: 'Run' }).click();
    await here.page.getByRole('dialog', { name: 'Run' }).getByText('null').waitFor();
    expect(await here.page.locator('a[href^="javascript"]').count()).toBe(0);
  });

  test('follows its log as it grows, until somebody scrolls up', async () => {
    const job = aJob('started');
    here.dashboard.logs.set(
      job.uuid,
      logLines(1_200, (at) => `line ${at + 1}`),
    );
    await open(job);
    await here.page.getByText('line 1200', { exact: true }).waitFor();
    const grow = (message: string) => {
      const lines = here.dashboard.logs.get(job.uuid) ?? [];
      const more = logLines(1, () => message).map((line) => ({ ...line, id: String(lines.length + 1) }));
      here.dashboard.logs.set(job.uuid, [...lines, ...more]);
      here.dashboard.pulse();
    };
    const atEnd = 'Math.abs(box.scrollHeight - box.scrollTop - box.clientHeight) < 24';
    grow('the latest');
    await here.page.getByText('the latest', { exact: true }).waitFor();
    await here.page.waitForFunction(
      `(() => { const box = document.querySelector('.log-box'); return ${atEnd}; })()`,
    );
    await here.page.evaluate(`document.querySelector('.log-box').scrollTo({ top: 0 })`);
    await here.page.getByRole('button', { name: 'Go to the end' }).waitFor();
    grow('unseen');
    await here.page.getByText('unseen', { exact: true }).waitFor({ state: 'attached' });
    expect(await here.page.evaluate(`document.querySelector('.log-box').scrollTop`)).toBe(0);
    await here.page.getByRole('button', { name: 'Go to the end' }).click();
    await here.page.waitForFunction(
      `(() => { const box = document.querySelector('.log-box'); return ${atEnd}; })()`,
    );
  });

  test('draws no more of a megabyte than a person asks for', async () => {
    const job = aJob('failed');
    const huge = 'x'.repeat(1_000_000);
    const frames = Array.from({ length: 20 }, () => ({ text: `at f (${huge.slice(0, 50_000)})`, own: true }));
    const error = { name: 'Error', message: huge, frames, causes: [], cut: true };
    here.dashboard.details.set(job.uuid, {
      fullDescription: huge,
      args: [{ t: 'string', v: huge }],
      code: huge,
      attempts: [{ retry: 1, node: 1, dateStarted: null, dateEnded: null, seconds: 1, error }],
    });
    here.dashboard.logs.set(
      job.uuid,
      logLines(1, () => huge),
    );
    await open(job);
    for (const name of ['Attempts', 'Arguments', 'Log', 'Code']) {
      await tab(name);
      await here.page.locator('[role=tabpanel] .long-more').first().waitFor();
      expect(await here.page.evaluate('document.body.textContent.length')).toBeLessThan(60_000);
    }
    await here.page.locator('[role=tabpanel] .long-more').first().click();
    expect(await here.page.evaluate('document.body.textContent.length')).toBeGreaterThan(40_000);
  });

  test('shows hostile data as the text that it is', async () => {
    const job = aJob('failed', 1);
    const hostile = HOSTILE[0];
    here.dashboard.change(job.uuid, { description: hostile, userId: hostile, excMessage: hostile });
    here.dashboard.details.set(job.uuid, { identityKey: HOSTILE[2], code: HOSTILE[1] });
    for (const name of ['tries', 'arguments', 'log', 'code']) {
      await open(aJob('failed', 1), name);
      await here.page.getByRole('heading', { name: hostile, level: 1 }).waitFor();
    }
    expect(await here.page.evaluate('window.hacked')).toBeUndefined();
    expect(await here.page.locator('main img, main script').count()).toBe(0);
    expect(here.complaints).toEqual([]);
  });

  test('says when there is no such job, and when it was deleted meanwhile', async () => {
    const job = aJob('failed');
    await open(job);
    await here.page.getByRole('button', { name: 'Delete' }).click();
    await here.page.getByRole('dialog').getByRole('button', { name: 'Delete 1 job' }).click();
    await here.page.waitForURL(`${here.url}jobs`);
    await here.page.goto(`${here.url}jobs/${job.uuid}`);
    await here.page.getByText('Job not found').waitFor();
  });

  const looks = [
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  ] as const;
  for (const look of looks) {
    test(`is accessible and stays in its bounds, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      await here.reopen(look);
      for (const [job, name] of [
        [aJob('failed', 2), 'tries'],
        [aJob('wait_dependencies'), 'arguments'],
        [aJob('started'), 'log'],
      ] as const) {
        await open(job, name);
        expect(await here.page.evaluate('document.body.scrollWidth - document.body.clientWidth')).toBe(0);
        expect(await axe(here.page)).toEqual([]);
      }
      expect(here.complaints).toEqual([]);
    }, 120_000);
  }
});
