import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FUNCTIONS = join(import.meta.dirname, '../../../lib/store/schema/v1/functions');

describe('the SQL functions of the schema', () => {
  it.each(readdirSync(FUNCTIONS))('have a file each: %s', (file) => {
    const made = readFileSync(join(FUNCTIONS, file), 'utf8').match(/CREATE OR REPLACE FUNCTION/g) ?? [];
    expect(made.length).toBeLessThanOrEqual(1);
  });
});
