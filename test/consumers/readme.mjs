import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const textOf = (root) => readFileSync(join(root, 'README.md'), 'utf8');

/** The arguments for npm of the line that installs the library with this version of NestJS, the tarball in its place. */
export function installCommand(root, version, tarball) {
  const line = new RegExp(`^npm (install .*?) +# ${version}$`, 'm').exec(textOf(root))?.[1];
  if (line === undefined) throw new Error(`README.md does not say how to install with ${version}.`);
  return line.split(' ').map((word) => (word === 'nestjs-queue-job' ? tarball : word));
}

/** The first example, as it is written. */
export function quickStart(root) {
  const text = /^```ts\n(\/\/ quick-start\.ts\n.*?)^```$/ms.exec(textOf(root))?.[1];
  if (text === undefined) throw new Error('README.md has no quick-start.ts.');
  return text;
}
