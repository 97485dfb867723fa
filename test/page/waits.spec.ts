import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { axe } from '../support/page.js';

const here = dashboardTab();
const since = '2026-11-24T10:00:00.000Z';

const pending = () => {
  const job = here.dashboard.jobs.find(({ state }) => state === 'pending');
  if (job === undefined) {
    throw new Error('No job waits.');
  }
  return job;
};

describe('Why a job waits', () => {
  test('stands on its page in sentences that lead to where it is mended', async () => {
    const { uuid } = pending();
    const behind = here.dashboard.jobs[0]?.uuid ?? '';
    here.dashboard.waits = {
      [uuid]: {
        reasons: [
          { kind: 'paused', channel: 'root.erp', by: 'ada', since },
          { kind: 'full', channel: 'root.erp.push', capacity: 5, running: 5, ahead: 12 },
          { kind: 'sequential', channel: 'root.one', jobs: [{ uuid: behind, state: 'failed' }] },
          { kind: 'functionPaused', by: 'ada', since },
          { kind: 'held', channel: 'root.api', until: since, by: behind },
          { kind: 'newRule' },
        ],
        position: 13,
        startsIn: 90,
      },
    };
    await here.page.goto(`${here.url}jobs/${uuid}`);
    const why = here.page.getByRole('list', { name: 'Why it waits' });
    await why.getByText('The channel root.erp was paused by ada at').waitFor();
    await why.getByText('The channel root.erp.push is full: 5 running, 12 ahead of this one.').waitFor();
    await why.getByText('Its job function was paused by ada at').waitFor();
    await why.getByText('The channel root.api is held until').waitFor();
    await why.getByText('Another rule holds it: newRule.').waitFor();
    await here.page.getByText('Position 13 · starts in about 1m 30s').waitFor();
    expect(await axe(here.page)).toEqual([]);
    expect(
      await why
        .getByRole('link', { name: behind.slice(-12) })
        .first()
        .getAttribute('href'),
    ).toBe(`jobs/${behind}`);
    expect(await why.getByRole('link', { name: 'Open the job functions' }).getAttribute('href')).toBe(
      'functions',
    );
    await why.getByRole('link', { name: 'Open the channel' }).first().click();
    await here.page.waitForURL(`${here.url}channels?channel=root.erp`);
  });

  test('stands in the list in a few words', async () => {
    const { uuid } = pending();
    here.dashboard.waits = {
      [uuid]: { reasons: [{ kind: 'paused', channel: 'root' }], position: null, startsIn: null },
    };
    await here.page.goto(`${here.url}jobs?state=pending`);
    await here.page.locator(`tr[data-key="${uuid}"]`).getByText('channel paused').waitFor();
    expect(await here.page.getByText('channel paused').count()).toBe(1);
  });

  test('says nothing of a job that runs', async () => {
    const job = here.dashboard.jobs.find(({ state }) => state === 'started');
    await here.page.goto(`${here.url}jobs/${job?.uuid ?? ''}`);
    await here.page.getByRole('heading', { level: 1 }).waitFor();
    expect(here.dashboard.asked.filter((line) => line.includes('jobs/waits'))).toEqual([]);
  });
});
