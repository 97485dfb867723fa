import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist');

/** The packages that a file of the build, and all that it imports, asks for. */
async function packagesOf(file: string, seen = new Set<string>()): Promise<Set<string>> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  const text = await readFile(file, 'utf8');
  const imports =
    /^import\b[^'";=()]*['"]([^'"\n]+)['"];|^export\b[^'";=()]*\bfrom\s*['"]([^'"\n]+)['"];|\bimport\(\s*['"]([^'"\n]+)['"]/gm;
  for (const [, ...names] of text.matchAll(imports)) {
    const name = names.find((one) => one !== undefined) ?? '';
    if (name.startsWith('.')) {
      if (!name.endsWith('.js')) continue;
      for (const one of await packagesOf(join(dirname(file), name), seen)) found.add(one);
    } else if (!name.startsWith('node:')) {
      found.add(
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    }
  }
  return found;
}

describe('the main entry', () => {
  it('asks for no package but its dependencies and the peers that every application has', async () => {
    const {
      dependencies,
      peerDependencies,
      peerDependenciesMeta = {},
    } = JSON.parse(await readFile(join(DIST, '../package.json'), 'utf8')) as Record<
      'dependencies' | 'peerDependencies',
      Record<string, string>
    > & {
      peerDependenciesMeta?: Record<string, { optional?: boolean }>;
    };
    const peers = Object.keys(peerDependencies).filter(
      (name) => peerDependenciesMeta[name]?.optional !== true,
    );
    const allowed = [...Object.keys(dependencies), ...peers];
    const found = [...(await packagesOf(join(DIST, 'index.js')))];
    expect(found).toContain('@nestjs/core');
    expect(found.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
