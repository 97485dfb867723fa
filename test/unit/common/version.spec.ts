import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARY_VERSION } from '../../../lib/common/version.js';

it('the version that nodes and the dashboard report is that of the package', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8');
  expect(LIBRARY_VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
});
