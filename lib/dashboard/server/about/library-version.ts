import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package: its package.json is as far from lib/ as from dist/. */
export function libraryVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
