import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

/** Development dependencies of which the build puts code into the package. */
const BUNDLED = ['valibot', 'preact', '@preact/signals', '@preact/signals-core', 'uplot', '@dagrejs/dagre'];

/** The dependencies whose licence is not one of those that everybody can live with. */
export function licenceProblems(root) {
  const manifestOf = (name) =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const inner of Object.keys(manifestOf(name).dependencies ?? {})) visit(inner);
  };
  for (const name of [...Object.keys(dependencies), ...BUNDLED]) visit(name);
  return [...seen]
    .map((name) => [name, manifestOf(name).license ?? 'none'])
    .filter(([, licence]) => !ALLOWED.includes(licence))
    .map(([name, licence]) => `${name} has the licence ${licence}`);
}
