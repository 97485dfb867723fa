// What Docker would make of the Dockerfile, in a folder: the same copies and commands, without its base image.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The library is packed beside package.json, where the others have it from the registry. */
const PACKED = /\.tgz$/;

/** @returns where the files are, and what starts them */
export function buildImage({ steps, from, into, run }) {
  mkdirSync(into);
  for (const name of readdirSync(from).filter((file) => PACKED.test(file)))
    cpSync(join(from, name), join(into, name));
  let command;
  for (const [instruction, words] of steps) {
    switch (instruction) {
      case 'COPY':
        copy(from, into, ...words.split(' '));
        break;
      case 'RUN':
        run('sh', ['-c', words], into);
        break;
      case 'CMD':
        command = JSON.parse(words);
        break;
      case 'FROM':
      case 'WORKDIR':
      case 'USER':
        break;
      default:
        throw new Error(`Not known here: ${instruction} ${words}`);
    }
  }
  if (command === undefined) throw new Error('The Dockerfile has no CMD.');
  return { folder: into, command };
}

function copy(from, into, source, target) {
  const names = new RegExp(`^${source.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  const found = readdirSync(from).filter((name) => names.test(name));
  if (found.length === 0) throw new Error(`Nothing to copy: ${source}`);
  for (const name of found) {
    const place = target.endsWith('/') ? join(into, target, name) : join(into, target);
    cpSync(join(from, name), place, { recursive: true });
  }
}
