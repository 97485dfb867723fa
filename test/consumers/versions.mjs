import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of a Node.js of this major version: that of this process, or one that npm installs. */
export function nodeFolder(major) {
  if (major === undefined || process.versions.node.startsWith(`${major}.`)) return dirname(process.execPath);
  const folder = join(tmpdir(), `queue-job-node-${major}`);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const bin = join(folder, 'node_modules', name, 'bin');
  if (!existsSync(join(bin, 'node'))) {
    mkdirSync(folder, { recursive: true });
    execFileSync('npm', [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${name}@${major}`,
    ]);
  }
  return bin;
}

/** The versions of what an application has installed, in one line. */
export function installedVersions(folder) {
  const names = [
    '@nestjs/core',
    '@nestjs/cli',
    'typeorm',
    'pg',
    'typescript',
    'jest',
    'vitest',
    'esbuild',
    'vite',
    'webpack',
  ];
  return names
    .map((name) => [name, join(folder, 'node_modules', name, 'package.json')])
    .filter(([, manifest]) => existsSync(manifest))
    .map(([name, manifest]) => `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`)
    .join(', ');
}
