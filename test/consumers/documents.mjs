import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const textOf = (root, page) => readFileSync(join(root, page), 'utf8');

/** The arguments for npm of the line that installs the library with this version of NestJS, the tarball in its place. */
export function installCommand(root, version, tarball) {
  const line = new RegExp(`^npm (install .*?) +# ${version}$`, 'm').exec(textOf(root, 'README.md'))?.[1];
  if (line === undefined) throw new Error(`README.md does not say how to install with ${version}.`);
  return line.split(' ').map((word) => (word === 'nestjs-queue-job' ? tarball : word));
}

/** The example that begins with its file's name, as it is written on the page. */
export function exampleOf(root, page, file) {
  const begin = `\`\`\`ts\n// ${file}\n`;
  const [, text] = textOf(root, page).split(begin);
  if (text === undefined) throw new Error(`${page} has no ${file}.`);
  return `// ${file}\n${text.slice(0, text.indexOf('\n```\n') + 1)}`;
}

/** The steps of the Dockerfile, as [instruction, words]. */
export function dockerfile(root) {
  const text = /^```dockerfile\n(.*?)^```$/ms.exec(textOf(root, 'docs/installation.md'))?.[1];
  if (text === undefined) throw new Error('docs/installation.md has no Dockerfile.');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}
