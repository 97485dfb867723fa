import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';

const tab = dashboardTab();
const card = (name: string) => tab.page.locator('.card', { has: tab.page.getByText(name) });
const asked = () => tab.dashboard.asked.filter((line) => line.startsWith('POST'));
const answer = (yes: string) => tab.page.getByRole('dialog').getByRole('button', { name: yes, exact: true });

describe('The nodes', () => {
  test('show what runs on each, for how long by the second, and how much room is left', async () => {
    const running = tab.dashboard.jobs.filter(({ state, node }) => state === 'started' && node === 2);
    await tab.open('nodes', 'Nodes');
    await card('worker-2').getByText(`${running.length} of 10 slots busy`).waitFor();
    const job = card('worker-2').getByRole('listitem').first();
    expect(await job.getByRole('link').getAttribute('href')).toBe(`jobs/${running[0]?.uuid}`);
    const before = await job.locator('time').textContent();
    await job.locator('time', { hasNotText: before ?? '' }).waitFor();
  });

  test('are made drain and resumed after a question', async () => {
    await tab.open('nodes', 'Nodes');
    await card('worker-1').getByRole('button', { name: 'Drain: worker-1' }).click();
    await answer('Drain').click();
    await card('worker-1').getByText('Draining', { exact: true }).first().waitFor();
    await card('worker-1').getByRole('button', { name: 'Resume: worker-1' }).click();
    await answer('Resume').click();
    await card('worker-1').getByText('Alive').waitFor();
    expect(asked()).toEqual(['POST nodes/1/actions/drain {}', 'POST nodes/1/actions/resume {}']);
  });

  test('are stopped only where somebody says yes', async () => {
    await tab.open('nodes', 'Nodes');
    const stop = card('worker-1').getByRole('button', { name: 'Stop: worker-1' });
    await stop.click();
    await tab.page.getByText('restart its process').waitFor();
    await answer('Cancel').click();
    expect(asked()).toEqual([]);
    await stop.click();
    await answer('Stop').click();
    await card('worker-1').getByText('Stopping').waitFor();
    await stop.waitFor({ state: 'detached' });
    expect(asked()).toEqual(['POST nodes/1/actions/stop {}']);
  });

  test('are folded away once they have ended', async () => {
    await tab.open('nodes', 'Nodes');
    await card('worker-1').waitFor();
    expect(await tab.page.getByText('worker-4').count()).toBe(0);
    await tab.page.getByRole('button', { name: '1 node has ended' }).click();
    await tab.page.getByRole('link', { name: 'worker-4.eu-west:2420' }).waitFor();
  });

  test('say their release, what they serve and what they know', async () => {
    await tab.open('nodes', 'Nodes');
    await card('worker-1').getByText('all channels').waitFor();
    await card('worker-3').getByText('2.3.9', { exact: true }).waitFor();
    const pdf = card('worker-2').getByRole('link', { name: 'root.pdf' });
    expect(await pdf.getAttribute('href')).toBe('channels?channel=root.pdf');
    await card('worker-2')
      .getByText(/^Knows \d+ functions$/)
      .click();
    const known = card('worker-2').getByRole('link', { name: 'Images.resize' });
    expect(await known.getAttribute('href')).toBe('functions/Images.resize');
  });

  test('have one name with their number wherever they are named', async () => {
    const title = 'worker-2.eu-west:2418 #2';
    const running = tab.dashboard.jobs.find(({ state, node }) => state === 'started' && node === 2);
    await tab.open('nodes', 'Nodes');
    await card('worker-2').getByText(title, { exact: true }).waitFor();
    await tab.page.goto(`${tab.url}jobs?node=2`);
    await tab.page.locator('.chip').getByText(title, { exact: true }).waitFor();
    await tab.page.goto(`${tab.url}jobs/${running?.uuid}`);
    await tab.page.getByRole('link', { name: title, exact: true }).waitFor();
    await tab.page.goto(`${tab.url}audit`);
    await tab.page.getByRole('link', { name: 'worker-3.eu-west:2419 #3', exact: true }).waitFor();
  });

  test('that nobody knows any more are shown by their number', async () => {
    await tab.page.goto(`${tab.url}jobs?node=99`);
    await tab.page.locator('.chip').getByText('#99', { exact: true }).waitFor();
  });

  test('are read again for their heartbeat, though no job has changed', async () => {
    await tab.open('nodes', 'Nodes');
    await card('worker-1').waitFor();
    await tab.page.waitForRequest('**/api/nodes');
  });

  test('are only looked at by those who may not steer them', async () => {
    tab.dashboard.about = { ...tab.dashboard.about, rights: { ...tab.dashboard.about.rights, nodes: false } };
    await tab.open('nodes', 'Nodes');
    await card('worker-1').waitFor();
    expect(await tab.page.getByRole('button', { name: /^(Drain|Resume|Stop)/ }).count()).toBe(0);
  });
});
