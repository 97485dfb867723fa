import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A digest of each version of the schema, by its folder: all files in it, their names included. */
export function schemaHashes(root) {
  const folder = join(root, 'lib/store/schema');
  const versions = readdirSync(folder).filter((name) => /^v\d+$/.test(name));
  return Object.fromEntries(versions.toSorted().map((name) => [name, digestOf(join(folder, name))]));
}

function digestOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (name.endsWith('.ts'))
      hash
        .update(name)
        .update('\0')
        .update(readFileSync(join(folder, name)))
        .update('\0');
  }
  return hash.digest('hex');
}
