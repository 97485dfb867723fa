import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What touches NestJS and TypeORM, as parts of the paths of its tests: the application's life, transactions, entities,
 * tables and the dashboard. The rest of the suite tests SQL and arithmetic of the library, the same on every version.
 */
const SUBJECTS = [
  'nest/',
  'schema/',
  'dashboard/',
  'transaction',
  'arguments',
  'context',
  'inside-a-job',
  'lifecycle',
  'no-delay',
  'start.spec',
  'stopping',
  'two-copies',
];

/** A browser on the page, which no version of them changes. */
const LEFT_OUT = ['dashboard/behind-a-proxy.spec.ts', 'dashboard/browser.spec.ts'];

/** The test files of these subjects, as paths from the root of the repository. */
export function testsOfDifferences(root) {
  const files = readdirSync(join(root, 'test/integration'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => `test/integration/${file}`);
  const forgotten = SUBJECTS.filter((subject) => !files.some((file) => file.includes(subject)));
  if (forgotten.length > 0) throw new Error(`No test has ${forgotten.join(' or ')} in its path any more.`);
  return files.filter(
    (file) =>
      !LEFT_OUT.some((name) => file.endsWith(name)) && SUBJECTS.some((subject) => file.includes(subject)),
  );
}
