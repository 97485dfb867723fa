import axeCore from 'axe-core';
import chromium from '@sparticuz/chromium';
import { join } from 'node:path';
import { type Browser, chromium as playwright, type Page } from 'playwright-core';

/** Where `npm run build` puts the dashboard's page. */
export const BUILT_PAGE = join(import.meta.dirname, '../../dist/ui');

/** What made for a small lambda the package adds, and what would switch off what a page test looks for. */
const UNWANTED = /single-process|no-zygote|disable-web-security|allow-running-insecure|site-isolation/;

export async function startBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  const args = chromium.args.filter((arg) => !UNWANTED.test(arg));
  return playwright.launch({ executablePath, args, headless: true });
}

/** A tab; what its console complains about, violations of the content policy among it, is in `complaints`. */
export async function openTab(
  browser: Browser,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  // Below the time of a test, so that it is the locator that is named.
  page.setDefaultTimeout(25_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** What axe finds, but for what is only advice: `rule: element`. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeCore.source);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
