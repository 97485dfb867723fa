import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getMetadataArgsStorage } from 'typeorm';
import * as library from '../../lib/index.js';
import { checkModuleOptions } from '../../lib/queue-job.options.js';

const ROOT = join(import.meta.dirname, '../..');
const read = async (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

/** The options as the library itself lists them where one is unknown. */
function optionsOf(...path: string[]): string[] {
  const wrong = path.reduceRight<object>((inner, name) => ({ [name]: inner }), { nonsense: 1 });
  try {
    checkModuleOptions(wrong);
  } catch (error) {
    return /its options are (.*)\.$/.exec((error as Error).message)?.[1]?.split(', ') ?? [];
  }
  return [];
}

describe('the reference', () => {
  /** The cells of the tables in a document, or in one of its sections. */
  const rowsOf = async (document: string, heading?: string): Promise<string[][]> => {
    const text = await read(`docs/${document}`);
    const section =
      heading === undefined
        ? text
        : (text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '');
    return section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('`', '')));
  };

  it('has every error that can be imported, with its code, and no other', async () => {
    const errors = (Object.values(library) as unknown[])
      .filter((one) => typeof one === 'function' && one.prototype instanceof library.QueueJobError)
      .map((one) => {
        const error = new (one as new (...args: unknown[]) => library.QueueJobError)('', '', []);
        return `${error.name} ${error.code}`;
      });
    expect(errors.length).toBeGreaterThan(20);
    const documented = (await rowsOf('errors.md')).map(([, name, code]) => `${name} ${code}`);
    expect(documented.toSorted()).toEqual(errors.toSorted());
  });

  it('has every option of the module', async () => {
    const documented = (await rowsOf('options.md')).map(([, name]) => name);
    const nested = ['runner', 'defaults', 'codec'].flatMap((name) =>
      optionsOf(name).map((option) => `${name}.${option}`),
    );
    expect(nested.length).toBeGreaterThan(8);
    expect(documented).toEqual(expect.arrayContaining([...optionsOf(), ...nested]));
  });

  it('has every table', async () => {
    const documented = (await rowsOf('how-it-works.md', 'The tables')).map(([, name = '']) => name);
    const names = library.QUEUE_JOB_ENTITIES.map(
      (entity) => getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name ?? '',
    );
    expect(documented.toSorted()).toEqual(names.toSorted());
  });

  it('has every state', async () => {
    const documented = (await rowsOf('jobs.md', 'States')).map(([, name]) => name);
    expect(documented).toEqual(library.JOB_STATES);
  });
});

describe('the documents', () => {
  it('begin with a README of at most 250 lines', async () => {
    expect((await read('README.md')).trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  });

  it('are all in the table of contents', async () => {
    const contents = await read('docs/README.md');
    const pages = (await readdir(join(ROOT, 'docs'))).filter(
      (name) => name.endsWith('.md') && name !== 'README.md',
    );
    for (const page of pages) expect(contents).toContain(`](${page})`);
  });

  it('link to what is there, and name scripts that there are', async () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      ...(await readdir(join(ROOT, 'docs')))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ];
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    for (const document of documents) {
      const text = await read(document);
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path = '', anchor] = target.split('#');
        const linked = path === '' ? document : join(dirname(document), path);
        expect(`${document} ${linked} ${existsSync(join(ROOT, linked))}`).toBe(`${document} ${linked} true`);
        if (anchor !== undefined) expect(anchorsOf(await read(linked))).toContain(anchor);
      }
      for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
        expect(Object.keys(scripts)).toContain(script);
    }
  });
});

/** The anchors of a document's headings, as they are made of their texts. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
