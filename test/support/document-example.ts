import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** `dist` is what everything else leaves alone. */
const PLACE = join(ROOT, 'test/e2e/dist');

/**
 * Imports an example of the documentation as it is written.
 *
 * @param file - the name in its first line
 * @param shortened - texts of it and what stands in their place, for times that no test can wait
 */
export async function importExample<T>(
  document: string,
  file: string,
  shortened: Readonly<Record<string, string>> = {},
): Promise<T> {
  const page = await readFile(join(ROOT, document), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text);
  let text = blocks.find((block) => block.startsWith(`// ${file}\n`));
  if (text === undefined) throw new Error(`${document} has no example ${file}`);
  for (const [long, short] of Object.entries(shortened)) {
    if (!text.includes(long)) throw new Error(`${file} of ${document} has no ${long}`);
    text = text.replaceAll(long, short);
  }
  await mkdir(PLACE, { recursive: true });
  const folder = await mkdtemp(join(PLACE, 'example-'));
  try {
    await writeFile(join(folder, file), text);
    return (await import(join(folder, file))) as T;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
