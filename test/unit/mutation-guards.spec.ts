import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Guard {
  readonly guard: string;
  readonly edits: readonly (readonly [file: string, find: string, replacement: string])[];
}

const ROOT = join(import.meta.dirname, '../..');
const { GUARDS } = (await import(join(ROOT, 'test/mutation/guards.mjs'))) as { GUARDS: readonly Guard[] };

describe('a guard that is taken out to see whether a test misses it', () => {
  it.each(GUARDS)('is still where it was: $guard', ({ edits }) => {
    for (const [file, find] of edits) {
      const code = readFileSync(join(ROOT, file), 'utf8');
      expect([file, code.split(find).length - 1]).toEqual([file, 1]);
    }
  });
});
