import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ProblemError } from '../http/problem.error.js';

/** The same from lib/ and from dist/, which are equally deep. */
const BUILT = join(import.meta.dirname, '../../../../dist/dashboard/ui');

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** A file that the page asks for. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

/** The built page: read once, and nothing is given out that wasn't there then. */
@Injectable()
export class PageFiles {
  private html: Promise<string> | undefined;
  private assets: Promise<ReadonlyMap<string, Asset>> | undefined;
  /** Where the build of the page is. */
  protected readonly folder: string = BUILT;

  /** The page, with where it stands written into it, and a script that corrects that. */
  async page(base: string, script = ''): Promise<string> {
    this.html ??= readFile(join(this.folder, 'index.html'), 'utf8');
    const html = await this.html.catch(() => {
      this.html = undefined;
      throw new ProblemError(503, 'The page has not been built: run `npm run build`.', {
        code: 'PAGE_NOT_BUILT',
      });
    });
    return html.replace('<!--base-->', () => `<base href="${escapeAttribute(base)}" />${script}`);
  }

  async asset(name: string): Promise<Asset> {
    this.assets ??= this.readAssets();
    const asset = (await this.assets).get(name);
    if (asset === undefined) throw new ProblemError(404, 'The page has no such file.', { code: 'NOT_FOUND' });
    return asset;
  }

  private async readAssets(): Promise<ReadonlyMap<string, Asset>> {
    const folder = join(this.folder, 'assets');
    const names = await readdir(folder).catch(() => []);
    const assets = names.flatMap((name) => {
      const type = TYPES[extname(name)];
      return type === undefined ? [] : [{ name, type }];
    });
    return new Map(
      await Promise.all(
        assets.map(
          async ({ name, type }) => [name, { type, content: await readFile(join(folder, name)) }] as const,
        ),
      ),
    );
  }
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
