import { describe, expect, test } from '@jest/globals';
import { dashboardTab } from '../support/dashboard-tab.js';
import { eventually } from '../support/eventually.js';

const tab = dashboardTab();
const row = (name: string) => tab.page.locator(`tr[data-key="${name}"]`);
const changes = () => tab.dashboard.asked.filter((line) => /^(PATCH|POST)/.test(line));
const settings = () => tab.page.locator('.functions-settings');

async function edit(name: string) {
  await tab.open(`functions/${name}`, name);
  await tab.page.getByRole('button', { name: 'Change', exact: true }).click();
  return tab.page.getByRole('dialog', { name });
}

describe('The functions', () => {
  test('say in words when they try again, and lead to their own page', async () => {
    await tab.open('functions', 'Functions');
    await row('Images.resize')
      .getByText('10s at attempts 1–4, 1m at attempts 5–9, 5m–10m from attempt 10')
      .waitFor();
    await row('InvoiceService.createPdf').getByText('10m after each attempt').waitFor();
    await row('Images.resize').getByRole('link', { name: 'Images.resize' }).click();
    await tab.page.waitForURL(`${tab.url}functions/Images.resize`);
    await tab.page.getByText('Throughput').waitFor();
    await eventually(() =>
      expect(tab.dashboard.asked).toContain('GET metrics?range=hour&name=Images.resize'),
    );
    const running = tab.page.getByRole('link', { name: /^Running/ });
    expect(await running.getAttribute('href')).toBe('jobs?state=started&name=Images.resize');
  });

  test('show the waits of ten tries while their pattern is edited, and keep it', async () => {
    const dialog = await edit('Images.resize');
    const waits = dialog.getByRole('list', { name: 'Backoff after attempts 1 to 10' }).getByRole('listitem');
    await dialog.getByRole('textbox', { name: 'Seconds' }).first().fill('30');
    await waits.first().getByText('30s').waitFor();
    await dialog.getByRole('button', { name: 'Remove the step from attempt 5' }).click();
    await waits.nth(8).getByText('30s').waitFor();
    await dialog.getByRole('button', { name: 'Add a step' }).click();
    await dialog.getByRole('textbox', { name: 'From attempt' }).last().fill('3');
    await dialog.getByRole('textbox', { name: 'Seconds' }).last().fill('45');
    await dialog.getByRole('textbox', { name: 'Up to' }).last().fill('50');
    await waits.nth(2).getByText('45s–50s').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await settings()
      .getByText('30s at attempts 1–2, 45s–50s at attempts 3–9, 5m–10m from attempt 10')
      .waitFor();
    await settings()
      .getByText('Code: 10s at attempts 1–4, 1m at attempts 5–9, 5m–10m from attempt 10')
      .waitFor();
    expect(changes()).toEqual([
      'PATCH functions/Images.resize {"retryPattern":{"1":30,"3":[45,50],"10":[300,600]}}',
    ]);
  });

  test('take no pattern that can not be right', async () => {
    const dialog = await edit('Images.resize');
    const save = dialog.getByRole('button', { name: 'Save' });
    await dialog.getByRole('textbox', { name: 'From attempt' }).nth(1).fill('1');
    await dialog.getByText('Two steps start at the same attempt').waitFor();
    await dialog.getByRole('textbox', { name: 'From attempt' }).nth(1).fill('2');
    await dialog.getByRole('textbox', { name: 'Seconds' }).nth(1).fill('1.5');
    await dialog.getByText('Seconds are whole numbers of at least 0').waitFor();
    await dialog.getByRole('textbox', { name: 'Seconds' }).nth(1).fill('20');
    await dialog.getByRole('textbox', { name: 'Up to' }).nth(1).fill('10');
    await dialog.getByText('The second number must not be smaller than the first').waitFor();
    expect(await save.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Up to' }).nth(1).fill('');
    expect(await save.isEnabled()).toBe(true);
  });

  test('go to another channel, with what the server says against it at the field, and back to the code', async () => {
    let dialog = await edit('Images.resize');
    await dialog.getByLabel('Channel').fill('no such name!');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('must be a name such as root.mail').waitFor();
    await dialog.getByLabel('Channel').fill('root.mail');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await settings().getByRole('link', { name: 'root.mail' }).waitFor();
    await settings().getByText('Code: root.media').waitFor();
    // To set what the code says is to take the change back.
    dialog = await edit('Images.resize');
    await dialog.getByLabel('Channel').fill('root.media');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await settings().getByText('Overridden').waitFor({ state: 'detached' });
    expect(changes().at(-1)).toBe('PATCH functions/Images.resize {"channel":null}');
  });

  test('are paused after a question, say by whom, and go on by the undo', async () => {
    await tab.open('functions/Images.resize', 'Images.resize');
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
    const question = tab.page.getByRole('dialog', { name: 'Pause Images.resize?' });
    await question.getByText(/\d+ jobs? of it waits? now/).waitFor();
    await tab.page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(changes()).toEqual([]);
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await question.getByRole('button', { name: 'Pause' }).click();
    await tab.page.getByText('Images.resize is paused').waitFor();
    await tab.page.locator('.functions-pause').getByText('by ada@example.com').waitFor();
    await tab.page.getByRole('button', { name: 'Undo' }).click();
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(changes()).toEqual([
      'PATCH functions/Images.resize {"paused":true}',
      'PATCH functions/Images.resize {"paused":false}',
    ]);
    tab.dashboard.settings.functions.set('Reports.monthly', { paused: true });
    await tab.open('functions', 'Functions');
    await row('Reports.monthly').getByText('Paused', { exact: true }).waitFor();
  });

  test('are given back to the code', async () => {
    tab.dashboard.settings.functions.set('Images.resize', { channel: 'root.x', retryPattern: { 1: 5 } });
    await tab.open('functions/Images.resize', 'Images.resize');
    await settings().getByText('5s after each attempt').waitFor();
    await tab.page.getByRole('button', { name: 'Reset to code' }).click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Reset to code' }).click();
    await settings().getByText('10s at attempts 1–4').waitFor();
    expect(changes()).toEqual(['POST functions/Images.resize/reset {}']);
  });

  test('are only looked at by those who may not change them', async () => {
    tab.dashboard.about = {
      ...tab.dashboard.about,
      rights: { ...tab.dashboard.about.rights, functions: false },
    };
    await tab.open('functions/Images.resize', 'Images.resize');
    await settings().getByText('root.media').waitFor();
    expect(await tab.page.getByRole('button', { name: /^(Change|Back to code)$/ }).count()).toBe(0);
  });

  test('say so where there is none of the name', async () => {
    await tab.open('functions/No.such', 'No.such');
    await tab.page.getByRole('alert').getByText('There is no such thing.').waitFor();
  });
});
