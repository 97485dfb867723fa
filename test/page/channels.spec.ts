import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { Gate } from '../support/gate.js';

const tab = dashboardTab();
const row = (name: string) => tab.page.locator(`tr[data-key="${name}"]`);
const button = (name: string) => tab.page.getByRole('button', { name, exact: true });
const changes = () => tab.dashboard.asked.filter((line) => /^(PATCH|POST)/.test(line));

describe('The channels', () => {
  test('stand as a tree that can be folded, with links to their jobs', async () => {
    await tab.open('channels', 'Channels');
    await row('root.mail.bulk').waitFor();
    await row('root.mail').getByRole('button', { name: 'Collapse' }).click();
    await row('root.mail.bulk').waitFor({ state: 'detached' });
    expect(await row('root.mail').count()).toBe(1);
    const failed = tab.dashboard.jobs.filter(
      ({ channel, state }) => state === 'failed' && /^root\.erp(\.|$)/.test(channel),
    );
    await row('root.erp')
      .getByRole('link', { name: String(failed.length), exact: true })
      .click();
    await tab.page.getByText(`${failed.length} jobs`, { exact: true }).waitFor();
    expect(new URL(tab.page.url()).search).toBe('?state=failed&channel=root.erp');
  });

  test('are paused on the page at once, before the server has answered', async () => {
    const answered = new Gate();
    await tab.open('channels', 'Channels');
    await tab.page.route('**/api/channels/root.pdf', async (route) => {
      await answered.opened;
      await route.continue();
    });
    await button('Pause root.pdf').click();
    await tab.page.getByText(/\d+ jobs? waits? there now/).waitFor();
    await button('Pause').click();
    await button('Resume root.pdf').waitFor();
    await row('root.pdf').getByText('Paused', { exact: true }).waitFor();
    expect(tab.dashboard.settings.channels.get('root.pdf')).toBeUndefined();
    answered.open();
    await row('root.pdf').getByText('Overridden').waitFor();
    expect(tab.dashboard.settings.channels.get('root.pdf')).toEqual({ paused: true });
    await row('root.pdf').getByText('by ada@example.com').waitFor();
    await button('Undo').click();
    await button('Pause root.pdf').waitFor();
    // An override that equals the code is dropped.
    expect(tab.dashboard.settings.channels.get('root.pdf')).toEqual({});
    await tab.page.getByText('root.pdf is resumed').waitFor();
  });

  test('are not paused where the question is left', async () => {
    await tab.open('channels', 'Channels');
    await button('Pause root').click();
    await tab.page.getByRole('dialog', { name: 'Pause root?' }).waitFor();
    await tab.page.keyboard.press('Escape');
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(changes()).toEqual([]);
  });

  test('are paused from their settings after the same question', async () => {
    await tab.open('channels', 'Channels');
    await button('Change root.pdf').click();
    const dialog = tab.page.getByRole('dialog', { name: 'root.pdf' });
    await dialog.getByLabel('Paused').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    const question = tab.page.getByRole('dialog', { name: 'Pause root.pdf?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(changes()).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await question.getByRole('button', { name: 'Pause' }).click();
    await button('Resume root.pdf').waitFor();
    expect(changes()).toEqual(['PATCH channels/root.pdf {"paused":true}']);
  });

  test('are found by a part of their names', async () => {
    await tab.open('channels', 'Channels');
    await row('root.pdf').waitFor();
    await tab.page.getByRole('searchbox', { name: 'Find a channel' }).fill('mail');
    await row('root.pdf').waitFor({ state: 'detached' });
    await row('root.mail.bulk').waitFor();
    await tab.page.getByRole('searchbox', { name: 'Find a channel' }).fill('nothing of the kind');
    await tab.page.getByText('No channel name contains this text.').waitFor();
  });

  test('go back to what they were where the server refuses', async () => {
    await tab.open('channels', 'Channels');
    tab.dashboard.broken.set('channels/root.pdf', 503);
    await button('Pause root.pdf').click();
    await button('Pause').click();
    await tab.page.getByText('root.pdf: channels/root.pdf is broken.').waitFor();
    await button('Pause root.pdf').waitFor();
    expect(await row('root.pdf').getByText('Paused', { exact: true }).count()).toBe(0);
  });

  test('get another capacity, with what is wrong said at the field, and what the code says kept in view', async () => {
    await tab.open('channels', 'Channels');
    await button('Change root.erp').click();
    const dialog = tab.page.getByRole('dialog', { name: 'root.erp' });
    const capacity = dialog.getByLabel('Capacity');
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await capacity.fill('many');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Enter a whole number of at least 0, or leave it empty').waitFor();
    expect(changes()).toEqual([]);
    await capacity.fill('5000');
    await capacity.press('Enter');
    await dialog.getByText('must be at most 1,000, or null').waitFor();
    expect(await capacity.getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Sequential').uncheck();
    await capacity.fill('9');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row('root.erp').getByText('Capacity: 9').waitFor();
    await row('root.erp').getByText('Code: 6').waitFor();
    expect(changes().at(-1)).toBe('PATCH channels/root.erp {"sequential":false,"capacity":9}');
  });

  test('say why the server refuses a change that no single field is to blame for', async () => {
    await tab.open('channels', 'Channels');
    await button('Change root.pdf').click();
    const dialog = tab.page.getByRole('dialog', { name: 'root.pdf' });
    await dialog.getByLabel('Sequential').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Channel "root.pdf": sequential needs capacity 1.').waitFor();
  });

  test('keep ended jobs for as long as is chosen, and lose their limits with an empty field', async () => {
    await tab.open('channels', 'Channels');
    await button('Change root.pdf').click();
    const dialog = tab.page.getByRole('dialog', { name: 'root.pdf' });
    await dialog.getByLabel('Keep ended jobs for').fill('36');
    await dialog.getByLabel('Unit').selectOption('hour');
    await dialog.getByLabel('Throttle').fill('0.5');
    await dialog.getByLabel('Capacity').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row('root.pdf').getByText('Capacity: no limit').waitFor();
    expect(tab.dashboard.settings.channels.get('root.pdf')).toEqual({
      capacity: null,
      throttle: 0.5,
      removalInterval: 36 * 3_600_000,
    });
  });

  test('are given back to the code', async () => {
    await tab.open('channels', 'Channels');
    await row('root.reports').getByText('Paused: yes').waitFor();
    await button('Reset to code: root.reports').click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Reset to code' }).click();
    await button('Pause root.reports').waitFor();
    await row('root.reports').getByText('Overridden').waitFor({ state: 'detached' });
    expect(changes()).toEqual(['POST channels/root.reports/reset {}']);
  });

  test('are only looked at by those who may not change them', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, channels: false },
    };
    await tab.open('channels', 'Channels');
    await row('root.reports').getByText('Overridden').waitFor();
    expect(
      await tab.page
        .locator('main')
        .getByRole('button', { name: /Pause|Change|Back/ })
        .count(),
    ).toBe(0);
  });
});
