import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { HOSTILE } from '../support/fake-dashboard/fake-jobs.js';

const tab = dashboardTab();
const rows = () => tab.page.locator('tbody tr');
const row = (action: string) => rows().filter({ hasText: action });

describe('The audit trail', () => {
  test('says who did what, and leads to what it was done to', async () => {
    await tab.open('audit', 'Audit trail');
    await tab.page.getByRole('button', { name: 'Show older' }).click();
    await rows().nth(6).waitFor();
    const targets = {
      'jobs.requeue': 'jobs?state=failed&name=ErpSync.pushOrder',
      'channels.change': 'channels?channel=root.reports',
      'functions.change': 'functions/Images.resize',
      'nodes.drain': 'nodes',
      'jobs.done': 'jobs/0197a1b2-0000-7000-a000-00000000beef',
    };
    for (const [action, href] of Object.entries(targets)) {
      expect(await row(action).getByRole('link').getAttribute('href')).toBe(href);
    }
    // Neither is a filter nor a job.
    expect(await row('jobs.cancel').getByRole('link').count()).toBe(0);
    expect(await row('jobs.delete').getByRole('link').count()).toBe(0);
    await row('jobs.requeue').getByText('ada').waitFor();
    expect(await tab.page.getByRole('button', { name: 'Show older' }).count()).toBe(0);
  });

  test('speaks in sentences, each with a link to its object', async () => {
    await tab.open('audit', 'Audit trail');
    await row('jobs.requeue').getByText('ada requeued 0 jobs: state=failed&name=ErpSync.pushOrder').waitFor();
    await row('channels.change').getByText('changed the channel root.reports').waitFor();
  });

  test('is filtered by what was done, by whom and to what', async () => {
    await tab.open('audit', 'Audit trail');
    await tab.page.getByRole('button', { name: 'Channels', exact: true }).click();
    await rows().nth(1).waitFor({ state: 'detached' });
    await row('channels.change').waitFor();
    expect(new URL(tab.page.url()).searchParams.get('action')).toBe('channels');
    await tab.page.getByRole('button', { name: 'All', exact: true }).click();
    await tab.page.getByRole('searchbox', { name: 'Who' }).fill('grace');
    await tab.page.keyboard.press('Enter');
    await tab.page.getByText('grace changed the function Images.resize').waitFor();
    await rows().nth(1).waitFor({ state: 'detached' });
    await tab.page.goto(`${tab.url}audit?target=root.reports`);
    await row('channels.change').waitFor();
    expect(await rows().count()).toBe(1);
    await tab.page.getByRole('button', { name: 'Object: root.reports' }).click();
    await row('jobs.requeue').waitFor();
  });

  test('stands on the page of its object, for those who may read it', async () => {
    await tab.page.goto(`${tab.url}functions/Images.resize`);
    await tab.page.getByText('grace changed the function Images.resize').waitFor();
    tab.dashboard.about = { ...tab.dashboard.about, rights: { ...tab.dashboard.about.rights, audit: false } };
    await tab.open('functions/Images.resize', 'Images.resize');
    expect(await tab.page.getByText('grace changed the function').count()).toBe(0);
  });

  test('unfolds what was asked and how it ended, as text', async () => {
    await tab.open('audit', 'Audit trail');
    const entry = row('channels.change');
    await entry.getByRole('button', { name: 'Details' }).click();
    await entry.getByText('paused:').waitFor();
    await entry.getByText(JSON.stringify(HOSTILE[1])).waitFor();
    expect(await tab.page.evaluate('window.hacked')).toBeUndefined();
  });

  test('brings the channel into view that it leads to', async () => {
    await tab.open('audit', 'Audit trail');
    await row('channels.change').getByRole('link').click();
    await tab.page.locator('tr.row-selected[data-key="root.reports"]').waitFor();
  });

  test('is refused to those who may not read it', async () => {
    tab.dashboard.broken.set('audit', 403);
    await tab.open('audit', 'Audit trail');
    await tab.page.getByRole('alert').getByText('You do not have access to this page').waitFor();
  });
});
