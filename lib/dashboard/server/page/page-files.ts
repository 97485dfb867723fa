import { extname } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { ProblemError } from '../http/problem.error.js';
import { BUILT_PAGE } from './built-page.generated.js';

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
  /** How the content is compressed; null: not at all. */
  readonly encoding: 'br' | 'gzip' | null;
}

/** The built page. It is part of the code, so that it is there in a bundle, too; a file is unpacked when first asked for. */
@Injectable()
export class PageFiles {
  private readonly unpacked = new Map<string, Buffer>();
  private readonly zipped = new Map<string, Buffer>();
  /** Compressed with Brotli, as base64, by path. */
  protected readonly files: Readonly<Record<string, string>> = BUILT_PAGE;

  /** The page, with where it stands written into it, and a script that corrects that. */
  page(base: string, script = ''): string {
    const html = this.unpack('index.html')?.toString('utf8') ?? '';
    return html.replace('<!--base-->', () => `<base href="${escapeAttribute(base)}" />${script}`);
  }

  /** @param accepted - the encodings that the browser accepts: the header `accept-encoding` */
  asset(name: string, accepted = ''): Asset {
    const type = TYPES[extname(name)];
    const path = `assets/${name}`;
    if (type === undefined || !Object.hasOwn(this.files, path))
      throw new ProblemError(404, 'The page has no such file.', { code: 'NOT_FOUND' });
    if (/\bbr\b/.test(accepted))
      return { type, encoding: 'br', content: Buffer.from(this.files[path] ?? '', 'base64') };
    const content = this.unpack(path) ?? Buffer.alloc(0);
    if (!/\bgzip\b/.test(accepted)) return { type, encoding: null, content };
    // Browsers accept Brotli over HTTPS alone.
    const zipped = this.zipped.get(path) ?? gzipSync(content, { level: 9 });
    this.zipped.set(path, zipped);
    return { type, encoding: 'gzip', content: zipped };
  }

  private unpack(path: string): Buffer | undefined {
    const known = this.unpacked.get(path);
    if (known !== undefined || !Object.hasOwn(this.files, path)) return known;
    const content = brotliDecompressSync(Buffer.from(this.files[path] ?? '', 'base64'));
    this.unpacked.set(path, content);
    return content;
  }
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
