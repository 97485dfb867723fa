import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The words in the names of the tests of all that touches NestJS and TypeORM: transactions, entities, tables, the
 * application's life and the dashboard. The rest of the suite tests SQL and arithmetic of the library, the same on every
 * version of them.
 */
const SUBJECTS = [
  'transaction',
  'entities',
  'schema',
  'start',
  'stopping',
  'context',
  'no-delay',
  'dashboard',
];

/** The test files of these subjects, as paths from the root of the repository. */
export function testsOfDifferences(root) {
  const files = readdirSync(join(root, 'test/integration'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => `test/integration/${file}`);
  const forgotten = SUBJECTS.filter((subject) => !files.some((file) => file.includes(subject)));
  if (forgotten.length > 0) throw new Error(`No test has ${forgotten.join(' or ')} in its name any more.`);
  return files.filter((file) => SUBJECTS.some((subject) => file.includes(subject)));
}
