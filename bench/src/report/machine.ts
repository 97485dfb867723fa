import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Databases } from '../run/databases.ts';
import type { SystemEntry } from '../systems/catalogue.ts';

/** What a commit costs, and what the server has to work with. */
const TOLD_SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
];

export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: Record<string, string>;
  readonly packages: Record<string, string>;
}

/** What the figures were measured on. */
export async function describeMachine(
  databases: Databases,
  systems: readonly SystemEntry[],
): Promise<Machine> {
  const settings = await databases.admin((query) =>
    query(`SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1) ORDER BY name`, [
      TOLD_SETTINGS,
    ]),
  );
  const packages = [...new Set(systems.flatMap((system) => system.package ?? [])), 'pg'];
  return {
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    postgres: Object.fromEntries(settings.map(({ name, value }) => [name as string, value as string])),
    packages: Object.fromEntries(
      await Promise.all(packages.map(async (name) => [name, await versionOf(name)] as const)),
    ),
  };
}

/** Not every package lets its package.json be imported. */
async function versionOf(name: string): Promise<string> {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  while (!existsSync(join(folder, 'package.json')) || !(await packageOf(folder)).version)
    folder = dirname(folder);
  return (await packageOf(folder)).version as string;
}

const packageOf = async (folder: string): Promise<{ version?: string }> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version?: string };
