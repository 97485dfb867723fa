import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BUILT_PAGE } from '../support/page.js';

const MOST = 90 * 1_024;

test('The first load of the dashboard is below 90 KB, compressed', async () => {
  const html = await readFile(join(BUILT_PAGE, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
  expect(files.some((file) => file.endsWith('.js'))).toBe(true);
  expect(files.some((file) => file.endsWith('.css'))).toBe(true);
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(BUILT_PAGE, file))).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, gzipSync(html).length)).toBeLessThan(MOST);
});

test('The page has a place for its base, and nothing inline that a content policy would refuse', async () => {
  const html = await readFile(join(BUILT_PAGE, 'index.html'), 'utf8');
  expect(html.indexOf('<!--base-->')).toBeGreaterThan(0);
  expect(html.indexOf('<!--base-->')).toBeLessThan(html.search(/<(script|link)/));
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)/);
});
